import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { cartItems, carts } from '../../drizzle/schema.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';
import { abandonedAt, abandonedSince, isAbandoned } from './abandoned-carts.ts';

interface AbandonedSummary {
  count: number;
  totalMinor: number;
  /** Every day of the period, also those without a cart; days in UTC. */
  days: { day: string; count: number; totalMinor: number }[];
  /** Most units first. */
  topItems: { name: string; quantity: number; carts: number }[];
}

/** Figures of the carts that are abandoned now and were in the last days, today included. */
export type SummariseAbandonedCarts = (period: {
  days: number;
  currency: string;
}) => Promise<AbandonedSummary>;

/** As for carts: better a 503 at once than a client that hangs. */
const readDeadlineMs = 3_000;
const dayMs = 86_400_000;
const topItems = 10;

/** Rejects when Postgres is away. */
export function createAbandonedSummary(
  database: Database,
  now: () => number = Date.now,
): SummariseAbandonedCarts {
  return async ({ days, currency }) => {
    const today = Math.floor(now() / dayMs) * dayMs;
    const first = today - (days - 1) * dayMs;
    const which = and(isAbandoned, abandonedSince(first), eq(carts.currency, currency));
    const figures = Promise.all([countByDay(database, which), rankItems(database, which)]);
    const [counts, ranking] = await withDeadline(figures, readDeadlineMs, 'Summing up the abandoned carts');
    const perDay = Array.from({ length: days }, (_, index) => {
      const day = new Date(first + index * dayMs).toISOString().slice(0, 10);
      return counts.get(day) ?? { day, count: 0, totalMinor: 0 };
    });
    const sum = (field: 'count' | 'totalMinor') => perDay.reduce((total, day) => total + day[field], 0);
    return { count: sum('count'), totalMinor: sum('totalMinor'), days: perDay, topItems: ranking };
  };
}

async function countByDay(database: Database, which: SQL | undefined) {
  const day = sql<string>`to_char(to_timestamp(${abandonedAt} / 1000.0) at time zone 'UTC', 'YYYY-MM-DD')`;
  const count = sql<number>`count(*)`.mapWith(Number);
  const totalMinor = sql<number>`sum(${carts.totalMinor})`.mapWith(Number);
  const rows = await database
    .select({ day, count, totalMinor })
    .from(carts)
    .where(which)
    .groupBy(sql`1`);
  return new Map(rows.map((row) => [row.day, row]));
}

async function rankItems(database: Database, which: SQL | undefined) {
  const { name } = cartItems;
  const quantity = sql<number>`sum(${cartItems.quantity})`.mapWith(Number);
  // A cart has one line of a name: counting the distinct carts would sort them all for the same answer.
  const inCarts = sql<number>`count(*)`.mapWith(Number);
  return await database
    .select({ name, quantity, carts: inCarts })
    .from(cartItems)
    .innerJoin(carts, eq(carts.cartId, cartItems.cartId))
    .where(which)
    .groupBy(name)
    .orderBy(desc(quantity), desc(inCarts), name)
    .limit(topItems);
}
