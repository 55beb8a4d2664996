import { sql, type SQL } from 'drizzle-orm';
import { carts, orders, outbox } from '../../drizzle/schema.ts';
import type { Cart } from '../domain/cart.ts';
import type { OrderStatus } from '../domain/order.ts';
import type { Database } from '../platform/database.ts';

export type CountedKind = keyof typeof stages;
export type Waiting = 'refund' | 'overdue_payment' | 'webhook';

export interface StatusCounts {
  /** Every status that was asked for, also those that nothing is in. */
  counts: readonly { kind: CountedKind; status: string; count: number }[];
  /** Age of the oldest that waits; 0 when nothing does. Empty for what has ended: that waits no more. */
  oldest: readonly { waiting: Waiting; seconds: number }[];
}

type Stage = 'open' | 'ended';

/** What is open is limited by how much goes on in the shop, what has ended by nothing: they are counted apart. */
const stages = {
  cart: {
    active: 'open',
    checking_out: 'open',
    awaiting_payment: 'open',
    completed: 'ended',
    abandoned: 'ended',
    claiming: 'open',
    claimed: 'ended',
  } satisfies Record<Cart['status'], Stage>,
  order: {
    awaiting_payment: 'open',
    refund_required: 'open',
    paid: 'ended',
    payment_failed: 'ended',
    expired: 'ended',
    cancelled: 'ended',
    refunded: 'ended',
  } satisfies Record<OrderStatus, Stage>,
  webhook: {
    pending: 'open',
    dead: 'open',
    gone: 'open',
    delivered: 'ended',
  } satisfies Record<(typeof outbox.$inferSelect)['status'], Stage>,
};

const waits = [
  { waiting: 'refund', kind: 'order', status: 'refund_required' },
  { waiting: 'overdue_payment', kind: 'order', status: 'awaiting_payment' },
  { waiting: 'webhook', kind: 'webhook', status: 'pending' },
] as const satisfies readonly { waiting: Waiting; kind: CountedKind; status: string }[];

interface Row {
  kind: string;
  status: string;
  count: number;
  /** Of the oldest; negative before it is due. */
  seconds: number | null;
}

/** Counts by status, each a walk through an index that starts with the status. Rejects when Postgres is away. */
export function createStatusCounts(database: Database): Record<Stage, () => Promise<StatusCounts>> {
  const read = async (stage: Stage, statement: SQL): Promise<StatusCounts> => {
    const rows = [...(await database.execute(statement))] as unknown as Row[];
    const rowOf = (kind: string, status: string) =>
      rows.find((row) => row.kind === kind && row.status === status);
    const counts = (Object.keys(stages) as CountedKind[]).flatMap((kind) =>
      statusesOf(kind, stage).map((status) => ({ kind, status, count: rowOf(kind, status)?.count ?? 0 })),
    );
    const oldest = waits.map(({ waiting, kind, status }) => ({
      waiting,
      seconds: Math.max(rowOf(kind, status)?.seconds ?? 0, 0),
    }));
    return { counts, oldest: stage === 'open' ? oldest : [] };
  };
  return { open: () => read('open', openStatement), ended: () => read('ended', endedStatement) };
}

const statusesOf = (kind: CountedKind, stage: Stage): string[] =>
  Object.entries(stages[kind]).flatMap(([status, its]) => (its === stage ? [status] : []));

const isIn = (kind: CountedKind, stage: Stage): SQL =>
  sql`status in (${sql.join(
    statusesOf(kind, stage).map((status) => sql`${status}`),
    sql`, `,
  )})`;

const secondsSince = (instant: SQL): SQL => sql`extract(epoch from now() - ${instant})::float8`;

const openStatement = sql`
  select 'cart' as kind, status, count(*)::int as count, null::float8 as seconds
  from ${carts} where ${isIn('cart', 'open')} group by status
  union all
  select 'order', status, count(*)::int,
    max(${secondsSince(sql`case status when 'refund_required' then refund_required_at else pay_by end`)})
  from ${orders} where ${isIn('order', 'open')} group by status
  union all
  select 'webhook', status, count(*)::int, max(${secondsSince(sql`created_at`)})
  from ${outbox} where ${isIn('webhook', 'open')} group by status`;

const endedStatement = sql`
  select 'cart' as kind, status, count(*)::int as count
  from ${carts} where ${isIn('cart', 'ended')} group by status
  union all
  select 'order', status, count(*)::int from ${orders} where ${isIn('order', 'ended')} group by status
  union all
  select 'webhook', status, count(*)::int from ${outbox} where ${isIn('webhook', 'ended')} group by status`;
