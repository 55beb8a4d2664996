import { expect } from 'vitest';
import type { OrderStatus } from '../../src/domain/order.ts';
import type { Shop } from './shop.ts';
import { until, type Shopper } from './shopper.ts';

export interface BookedOrder {
  orderId: string;
  status: OrderStatus;
  totalMinor: number;
  itemCount: number;
}

/** What the reservation service, the payment service and the order book have of one cart. */
export async function booksOf(shop: Shop, cartId: string) {
  const [{ holds }, { payments, sums }, orders] = await Promise.all([
    shop.stub.ledger(`?prefix=${cartId}.`),
    shop.payments.ledger(`?prefix=${cartId}-`),
    shop.sql<BookedOrder[]>`
      select order_id as "orderId", status, total_minor::int as "totalMinor", item_count as "itemCount"
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

/** Held as wanted, sold as paid, one live order at most, and what was taken and not given back is what is paid. */
export async function expectBooksInOrder(shop: Shop, shopper: Shopper): Promise<void> {
  // A machine that is too busy for a read answers 503.
  const { status, totals } = await until(shopper.cart, ({ version }) => version >= 0);
  const books = await booksOf(shop, shopper.cartId);
  const all = (wanted: OrderStatus) => books.orders.filter((order) => order.status === wanted);
  const paid = all('paid');
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  expect(books).toMatchObject({
    heldUnits: status === 'completed' ? 0 : totals.itemCount,
    soldUnits: sum(paid.map(({ itemCount }) => itemCount)),
  });
  const live = all('awaiting_payment').length;
  expect(live).toBeLessThanOrEqual(1);
  expect(books.payments.filter(({ state }) => state === 'pending').length).toBeLessThanOrEqual(live);
  expect(books.capturedMinor - books.refundedMinor).toBe(sum(paid.map(({ totalMinor }) => totalMinor)));
  expect(books.payments.length).toBeLessThanOrEqual(books.orders.length);
}
