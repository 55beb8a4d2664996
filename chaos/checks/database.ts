import postgres from 'postgres';
import type { World } from '../world.ts';
import type { CartRow, EventRow, Facts, OperationRow, OrderRow } from './facts.ts';

/** Everything in the read model, as of one instant. */
export async function readDatabase({
  databaseUrl,
}: Pick<World, 'databaseUrl'>): Promise<Pick<Facts, 'carts' | 'events' | 'operations' | 'orders'>> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    return await sql.begin('isolation level repeatable read read only', async (tx) => ({
      carts: await readCarts(tx),
      events: await readEvents(tx),
      operations: await tx<OperationRow[]>`
        select operation_id as "operationId", cart_id as "cartId", status, version, rejection ->> 'code' as code,
               order_id as "orderId"
        from operations`,
      orders: await tx<OrderRow[]>`
        select order_id as "orderId", cart_id as "cartId", status, total_minor::int as "totalMinor",
               item_count as "itemCount", items
        from orders order by cart_id, attempt`,
    }));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const readCarts = (sql: postgres.TransactionSql) => sql<CartRow[]>`
  select cart_id as "cartId", version, status, item_count as "itemCount", total_minor::int as "totalMinor", state,
         coalesce((
           select jsonb_agg(jsonb_build_object('itemId', item_id, 'name', name, 'quantity', quantity,
                                               'unitPriceMinor', unit_price_minor))
           from cart_items where cart_items.cart_id = carts.cart_id), '[]') as items
  from carts`;

const readEvents = (sql: postgres.TransactionSql) => sql<EventRow[]>`
  select cart_id as "cartId", version, type, (extract(epoch from at) * 1000)::float8 as at,
         operation_id as "operationId", actor, data
  from cart_events order by cart_id, version`;
