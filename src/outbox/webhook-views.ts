import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { outbox } from '../../drizzle/schema.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

type OutboxRow = Omit<typeof outbox.$inferSelect, 'payload' | 'leasedUntil'>;
export type WebhookStatus = OutboxRow['status'];

/** A webhook as operators see it. Instants are RFC 3339 UTC. */
export interface WebhookView {
  eventId: string;
  type: OutboxRow['type'];
  cartId: string;
  status: WebhookStatus;
  /** How often it was sent again by hand. */
  round: number;
  /** Of this round; while it is pending, those that have failed so far. */
  attempts: number;
  lastError: string | null;
  createdAt: string;
  updatedAt: string;
  dispatchedAt: string | null;
  deliveredAt: string | null;
}

/** Where a page goes on. */
export interface WebhookPosition {
  createdAt: string;
  eventId: string;
}

export interface WebhookPage {
  webhooks: WebhookView[];
  next: WebhookPosition | undefined;
}

export type Redelivery = { status: 'accepted'; webhook: WebhookView } | { status: 'delivered' | 'not_found' };

export interface WebhookViews {
  /** Newest first, after a position. */
  listWebhooks(page: {
    status: WebhookStatus | undefined;
    after: WebhookPosition | undefined;
    limit: number;
  }): Promise<WebhookPage>;
  /** Sends one again that is dead or gone; one that is pending is on its way. */
  redeliver(eventId: string): Promise<Redelivery>;
}

/** As for carts: better a 503 at once than an operator who waits. */
const deadlineMs = 3_000;

/** All but the payload and what only the relay looks at. */
const columns = {
  eventId: outbox.eventId,
  type: outbox.type,
  cartId: outbox.cartId,
  status: outbox.status,
  round: outbox.round,
  attempts: outbox.attempts,
  lastError: outbox.lastError,
  createdAt: outbox.createdAt,
  updatedAt: outbox.updatedAt,
  dispatchedAt: outbox.dispatchedAt,
  deliveredAt: outbox.deliveredAt,
};

/** The outbox for operators. Rejects when Postgres is away. */
export function createWebhookViews(database: Database): WebhookViews {
  async function sendAgain(eventId: string): Promise<OutboxRow | undefined> {
    const again = {
      status: 'pending',
      round: sql`${outbox.round} + 1`,
      attempts: 0,
      lastError: null,
      leasedUntil: null,
      dispatchedAt: null,
      updatedAt: sql`now()`,
    } as const;
    const [row] = await database
      .update(outbox)
      .set(again)
      .where(and(eq(outbox.eventId, eventId), inArray(outbox.status, ['dead', 'gone'])))
      .returning(columns);
    return row;
  }

  async function redeliver(eventId: string): Promise<Redelivery> {
    const again = await sendAgain(eventId);
    if (again) return { status: 'accepted', webhook: toView(again) };
    const [row] = await database.select(columns).from(outbox).where(eq(outbox.eventId, eventId));
    if (!row) return { status: 'not_found' };
    return row.status === 'pending' ? { status: 'accepted', webhook: toView(row) } : { status: 'delivered' };
  }

  return {
    async listWebhooks({ status, after, limit }) {
      const older =
        after && sql`(${outbox.createdAt}, ${outbox.eventId}) < (${after.createdAt}, ${after.eventId})`;
      const query = database
        .select(columns)
        .from(outbox)
        .where(and(status && eq(outbox.status, status), older))
        .orderBy(desc(outbox.createdAt), desc(outbox.eventId))
        .limit(limit + 1);
      const rows = await withDeadline(query, deadlineMs, 'Reading the outbox');
      const webhooks = rows.slice(0, limit).map(toView);
      return { webhooks, next: rows.length > limit ? positionOf(webhooks.at(-1)) : undefined };
    },
    redeliver: (eventId) => withDeadline(redeliver(eventId), deadlineMs, 'Sending a webhook again'),
  };
}

function toView(row: OutboxRow): WebhookView {
  return {
    ...row,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    dispatchedAt: instant(row.dispatchedAt),
    deliveredAt: instant(row.deliveredAt),
  };
}

const positionOf = (webhook: WebhookView | undefined): WebhookPosition | undefined =>
  webhook && { createdAt: webhook.createdAt, eventId: webhook.eventId };

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
