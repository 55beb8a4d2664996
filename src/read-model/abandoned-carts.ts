import { and, desc, eq, gte, sql, type SQL } from 'drizzle-orm';
import { carts } from '../../drizzle/schema.ts';
import type { Line } from '../domain/cart.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

/** A cart that nobody came back to, without anything that leads to its shopper. */
export interface AbandonedCart {
  cartId: string;
  abandonedAt: string;
  ageSeconds: number;
  itemCount: number;
  totalMinor: number;
  currency: string;
  items: { name: string; quantity: number; unitPriceMinor: number }[];
}

interface Position {
  /** ms since the epoch */
  abandonedAt: number;
  cartId: string;
}

export interface AbandonedQuery {
  before: Position | undefined;
  limit: number;
  minTotalMinor: number | undefined;
  /** Inclusive, ms since the epoch; `until` exclusive. */
  since: number | undefined;
  until: number | undefined;
}

/** The carts that are abandoned now, the latest first. */
export type ListAbandonedCarts = (
  query: AbandonedQuery,
) => Promise<{ carts: AbandonedCart[]; next: Position | undefined }>;

/** As for carts: better a 503 at once than a client that hangs. */
const readDeadlineMs = 3_000;

/** ms since the epoch */
export const abandonedAt = sql<number>`(${carts.state} ->> 'abandonedAt')::bigint`.mapWith(Number);
export const isAbandoned = eq(carts.status, 'abandoned');

/** `updated_at` has an index, and is never before the moment that the cart was abandoned. */
export const abandonedSince = (ms: number): SQL | undefined =>
  and(gte(carts.updatedAt, new Date(ms)), sql`${abandonedAt} >= ${ms}`);

/** Rejects when Postgres is away. */
export function createAbandonedCarts(database: Database, now: () => number = Date.now): ListAbandonedCarts {
  const { cartId, itemCount, totalMinor, currency } = carts;
  const lines = sql<Line[]>`${carts.state} -> 'lines'`;
  return async ({ before, limit, minTotalMinor, since, until }) => {
    const query = database
      .select({ cartId, itemCount, totalMinor, currency, lines, at: abandonedAt })
      .from(carts)
      .where(
        and(
          isAbandoned,
          since === undefined ? undefined : abandonedSince(since),
          until === undefined ? undefined : sql`${abandonedAt} < ${until}`,
          minTotalMinor === undefined ? undefined : gte(totalMinor, minTotalMinor),
          before && sql`(${abandonedAt}, ${cartId}) < (${before.abandonedAt}, ${before.cartId})`,
        ),
      )
      .orderBy(desc(abandonedAt), desc(cartId))
      .limit(limit + 1);
    const rows = await withDeadline(query, readDeadlineMs, 'Reading the abandoned carts');
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      carts: page.map((row) => toAbandonedCart(row, now())),
      next: last && { abandonedAt: last.at, cartId: last.cartId },
    };
  };
}

interface Row extends Omit<AbandonedCart, 'abandonedAt' | 'ageSeconds' | 'items'> {
  at: number;
  lines: readonly Line[];
}

function toAbandonedCart({ lines, at, ...row }: Row, now: number): AbandonedCart {
  return {
    ...row,
    abandonedAt: new Date(at).toISOString(),
    ageSeconds: Math.max(Math.floor((now - at) / 1_000), 0),
    items: lines.map(({ name, quantity, unitPriceMinor }) => ({ name, quantity, unitPriceMinor })),
  };
}
