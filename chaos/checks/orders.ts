import { cartOfKey, heirOf, openBooks, sum } from './books.ts';
import type { Facts, OrderRow } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';
import type { OwnCart } from './replay.ts';

/** Every order is paid, open or ended, as its cart's history has it; one at most is open, and has its holds. */
export function checkOrders(facts: Facts): Finding[] {
  const books = openBooks(facts);
  const byCart = groupBy(facts.orders, ({ cartId }) => cartId);
  return [
    ...facts.orders.flatMap((order) => checkOrder(order, books.get(order.cartId))),
    ...[...books.values()].flatMap((own) => unbooked(own, byCart.get(own.cartId) ?? [])),
    ...[...byCart].flatMap(([cartId, orders]) => checkOpen(cartId, orders, { facts, books })),
  ];
}

const ends = new Set(['paid', 'awaiting_payment', 'payment_failed', 'expired', 'cancelled', 'refunded']);

function checkOrder(order: OrderRow, own: OwnCart | undefined): Finding[] {
  const { orderId, cartId, status, items } = order;
  const placed = own?.orders.get(orderId);
  const totalMinor = sum(items.map(({ quantity, unitPriceMinor }) => quantity * unitPriceMinor));
  const wrong = [
    !ends.has(status) && `is ${status}, which is no end`,
    status !== placed?.status &&
      `is ${status} in the order book, ${placed?.status ?? 'not there'} by the events`,
    placed && unitsOf(items) !== unitsOf(placed.items) && 'has other items than by the events',
    totalMinor !== order.totalMinor && `has the total ${order.totalMinor}, its items ${totalMinor}`,
    sum(items.map(({ quantity }) => quantity)) !== order.itemCount && `counts ${order.itemCount} units`,
  ];
  return wrong
    .filter((what) => typeof what === 'string')
    .map((what) => ({ check: 'orders', cartId, detail: `${orderId} ${what}` }));
}

const unitsOf = (items: readonly { itemId: string; name: string; quantity: number }[]): string =>
  items
    .map(({ itemId, name, quantity }) => `${itemId} ${name} ${quantity}`)
    .toSorted()
    .join();

function unbooked({ cartId, orders }: OwnCart, rows: OrderRow[]): Finding[] {
  const booked = new Set(rows.map(({ orderId }) => orderId));
  return [...orders.keys()]
    .filter((orderId) => !booked.has(orderId))
    .map((orderId) => ({ check: 'orders', cartId, detail: `${orderId} is not in the order book` }));
}

function checkOpen(
  cartId: string,
  orders: OrderRow[],
  { facts, books }: { facts: Facts; books: ReadonlyMap<string, OwnCart> },
): Finding[] {
  const open = orders.filter(({ status }) => status === 'awaiting_payment');
  const found = (detail: string): Finding => ({ check: 'orders', cartId, detail });
  if (open.length > 1) return [found(`${open.length} orders wait to be paid`)];
  const [order] = open;
  if (!order) return [];
  const status = books.get(cartId)?.status;
  const heldOf = (name: string) =>
    sum(
      facts.holds
        .filter(({ state, item }) => state === 'held' && item === name)
        .filter(({ key }) => heirOf(books, cartOfKey(key)) === cartId)
        .map(({ quantity }) => quantity),
    );
  const missing = order.items.filter(({ name, quantity }) => heldOf(name) < quantity);
  return [
    ...(status === 'awaiting_payment' ? [] : [found(`${order.orderId} is open, and its cart ${status}`)]),
    ...missing.map(({ name, quantity }) =>
      found(`${order.orderId} wants ${quantity} × ${name}, held are ${heldOf(name)}`),
    ),
  ];
}
