import type { OrderBook, OrderPlacement } from '../../activities/ports.ts';
import { orderNumberOf, type OrderStatus, type PlacedOrder } from '../../src/domain/order.ts';

interface BookedOrder {
  cartId: string;
  status: OrderStatus;
  placed: PlacedOrder;
}

/** An order book in memory: an order a checkout, an open one a cart, numbers without gaps. */
export function createFakeOrderBook(beforeWrite: () => Promise<void>) {
  const booked = new Map<string, BookedOrder>();
  const calls = { find: 0, place: 0 };

  function standing({ draft, ended }: OrderPlacement): PlacedOrder | undefined {
    for (const { orderId, status } of ended) {
      const order = booked.get(orderId);
      if (order) order.status = status;
    }
    const open = [...booked.values()].find(
      ({ cartId, status }) => cartId === draft.cartId && status === 'awaiting_payment',
    );
    return (booked.get(draft.orderId) ?? open)?.placed;
  }

  const orders: OrderBook = {
    async find(placement) {
      calls.find += 1;
      return standing(placement);
    },
    async place(placement) {
      calls.place += 1;
      await beforeWrite();
      const earlier = standing(placement);
      if (earlier) return earlier;
      const { checkoutId: _checkout, payWithinMs: _window, cartId, ...draft } = placement.draft;
      const placed = { ...draft, orderNumber: orderNumberOf(booked.size + 1) };
      booked.set(placed.orderId, { cartId, status: 'awaiting_payment', placed });
      return placed;
    },
  };
  return { orders, booked, calls };
}
