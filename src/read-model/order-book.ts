import { and, eq, inArray, notInArray, or, sql } from 'drizzle-orm';
import type { OrderBook, OrderPlacement } from '../../activities/ports.ts';
import { orders } from '../../drizzle/schema.ts';
import { orderNumberOf, type PlacedOrder } from '../domain/order.ts';
import type { Database } from '../platform/database.ts';

type OrderRow = typeof orders.$inferSelect;

/** Orders are written here, and nowhere else; the index on open orders lets a cart have one at a time. */
export function createOrderBook(database: Database): OrderBook {
  async function find({ draft, ended }: OrderPlacement): Promise<PlacedOrder | undefined> {
    const { orderId, cartId } = draft;
    const over = ended.map((order) => order.orderId);
    const open = and(
      eq(orders.cartId, cartId),
      eq(orders.status, 'awaiting_payment'),
      over.length > 0 ? notInArray(orders.orderId, over) : undefined,
    );
    const [row] = await database
      .select()
      .from(orders)
      .where(or(eq(orders.orderId, orderId), open))
      .limit(1);
    return row && toPlacedOrder(row);
  }

  return {
    find,
    async place(placement) {
      const { draft, ended } = placement;
      // The save that ends an earlier order may still be under way: the index must not take it for open.
      for (const { orderId, status } of ended) {
        await database
          .update(orders)
          .set({ status })
          .where(and(eq(orders.orderId, orderId), eq(orders.status, 'awaiting_payment')));
      }
      await database.insert(orders).values(toRow(draft)).onConflictDoNothing();
      const standing = await find(placement);
      if (!standing) throw new Error(`Order ${draft.orderId} was neither written nor is there another`);
      return standing;
    },
  };
}

/** Those of the ids that are in the book. */
export async function findOrders(database: Database, orderIds: readonly string[]): Promise<PlacedOrder[]> {
  if (orderIds.length === 0) return [];
  const rows = await database
    .select()
    .from(orders)
    .where(inArray(orders.orderId, [...orderIds]));
  return rows.map(toPlacedOrder);
}

function toRow({ orderId, cartId, attempt, currency, items, totals, payWithinMs }: OrderPlacement['draft']) {
  return {
    ...{ orderId, cartId, attempt, currency },
    status: 'awaiting_payment' as const,
    itemCount: totals.itemCount,
    totalMinor: totals.totalMinor,
    items: [...items],
    payBy: sql`now() + make_interval(secs => ${payWithinMs / 1_000})`,
  };
}

function toPlacedOrder(row: OrderRow): PlacedOrder {
  const { orderId, attempt, currency, items, itemCount, totalMinor, sequence } = row;
  const orderNumber = orderNumberOf(sequence);
  return { orderId, orderNumber, attempt, currency, items, totals: { itemCount, totalMinor } };
}
