import type { Cart } from '../domain/cart.ts';
import type { OrderChange } from '../domain/order-changes.ts';
import type { Database } from '../platform/database.ts';
import { createCartProjector } from './cart-projector.ts';
import { orderColumns } from './stored-rows.ts';

/** `ahead`: the row was of a later version, and is left alone. */
export type Replaced = 'replaced' | 'ahead';

/** Puts the rows that the projector writes for this cart in the place of those that there are; never an older cart's. */
export type ReplaceRows = (cart: Cart, orders?: readonly OrderChange[]) => Promise<Replaced>;

export function createRowRepair(database: Database): ReplaceRows {
  return async (cart, orders = []) => {
    const { cartId, version } = cart;
    return await database.$client.begin(async (sql): Promise<Replaced> => {
      // A save of this cart that waits here looks afterwards, so it sees the new items and keeps none too many.
      await sql`lock table carts in share row exclusive mode`;
      const [last] = await sql<{ fence: string }[]>`
        select coalesce(max(fence), 0) as fence from (
          select fence from carts where cart_id = ${cartId}
          union all select fence from cart_events where cart_id = ${cartId}) as written`;
      await sql`delete from carts where cart_id = ${cartId} and version <= ${version}`;
      const later = await sql`select 1 from carts where cart_id = ${cartId}`;
      if (later.length > 0) return 'ahead';
      await sql`delete from cart_items where cart_id = ${cartId}`;
      // No events and no outcomes: those are on record, and must not be told a second time.
      const projector = createCartProjector({ $client: sql } as unknown as Database);
      await projector.save({ cart, events: [], outcomes: [], fence: Number(last?.fence ?? 0) });
      for (const change of orders) {
        const row = { version: change.version, ...snakeCased(orderColumns(change)) };
        await sql`
          update orders set ${sql(row)} where order_id = ${change.orderId} and version <= ${change.version}`;
      }
      return 'replaced';
    });
  };
}

/** The columns are named as the fields are. */
function snakeCased(fields: Readonly<Record<string, string | null>>): Record<string, string | null> {
  const columnOf = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [columnOf(name), value]));
}
