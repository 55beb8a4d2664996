import type { OrderStatus } from '../../src/domain/order.ts';
import type { Shop } from './shop.ts';

export interface BookedOrder {
  orderId: string;
  status: OrderStatus;
  totalMinor: number;
}

/** What the reservation service, the payment service and the order book have of one cart. */
export async function booksOf(shop: Shop, cartId: string) {
  const [{ holds }, { payments, sums }, orders] = await Promise.all([
    shop.stub.ledger(`?prefix=${cartId}.`),
    shop.payments.ledger(`?prefix=${cartId}-`),
    shop.sql<BookedOrder[]>`
      select order_id as "orderId", status, total_minor::int as "totalMinor"
      from orders where cart_id = ${cartId} order by attempt`,
  ]);
  const unitsOf = (wanted: string) =>
    holds.filter(({ state }) => state === wanted).reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    heldUnits: unitsOf('held'),
    soldUnits: unitsOf('committed'),
    orders: [...orders],
    payments: payments.map(({ orderId, state }) => ({ orderId, state })),
    ...sums,
  };
}

export type Books = Awaited<ReturnType<typeof booksOf>>;
