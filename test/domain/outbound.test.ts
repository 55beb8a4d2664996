import { describe, expect, it } from 'vitest';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { outboundEvents, paidOrderIds, type OutboundEvent } from '../../src/domain/outbound.ts';
import type { PlacedOrder } from '../../src/domain/order.ts';
import {
  addItem,
  answer,
  checkout,
  envelope,
  held,
  item,
  openedAt,
  ordered,
  paid,
  payWithinMs,
  settleAll,
  yes,
} from '../support/cart-scenario.ts';

const at = openedAt + 60_000;
const order = 'cart1-1';
const apples = [{ name: 'apple', quantity: 2, unitPriceMinor: 100 }];
const totals = { itemCount: 2, totalMinor: 200 };

const eventsOf = (cartLog: CartLog) => cartLog.toState().unsaved.events;
const told = (cartLog: CartLog, booked?: PlacedOrder[]): OutboundEvent[] =>
  outboundEvents({ cart: cartLog.cart, events: eventsOf(cartLog) }, booked);
const versionOf = (cartLog: CartLog, type: string) =>
  eventsOf(cartLog).find((event) => event.type === type)?.version;

const placedIn = (cartLog: CartLog): PlacedOrder[] =>
  eventsOf(cartLog).flatMap((event) => (event.type === 'OrderPlaced' ? [event.order] : []));

describe('what is told of a cart', () => {
  it('is nothing of what belongs to the shop alone: lines, holds and prices', () => {
    const cartLog = held();
    cartLog.handle(envelope(addItem(item('pear', 1))), at);
    settleAll(cartLog, at);
    expect(told(cartLog)).toEqual([]);
  });

  it('is that it was abandoned, with what is in it', () => {
    const cartLog = held();
    const { expiresAt } = cartLog.cart;
    cartLog.tick(expiresAt);
    const { version } = cartLog.cart;
    expect(told(cartLog)).toEqual([
      {
        eventId: `evt_cart1_${versionOf(cartLog, 'CartAbandoned')}`,
        type: 'cart.abandoned',
        timestamp: new Date(expiresAt).toISOString(),
        cartId: 'cart1',
        data: { cartId: 'cart1', version, currency: 'EUR', totals, items: apples },
      },
    ]);
  });

  it('is that the shopper came back, after that it was abandoned', () => {
    const cartLog = held();
    cartLog.tick(cartLog.cart.expiresAt);
    cartLog.handle(envelope(addItem(item('pear', 1))), at);
    const [abandoned, recovered] = told(cartLog);
    expect([abandoned?.type, recovered?.type]).toEqual(['cart.abandoned', 'cart.recovered']);
    expect(recovered?.data.items.map(({ name }) => name)).toEqual(['apple', 'pear']);
    expect(new Set([abandoned?.eventId, recovered?.eventId]).size).toBe(2);
  });

  it('has the same ids when it is said again, with a later state of the cart', () => {
    const cartLog = held();
    cartLog.tick(cartLog.cart.expiresAt);
    const before = told(cartLog);
    cartLog.handle(envelope({ type: 'clearItems' }), at);
    expect(told(cartLog)[0]).toMatchObject({ eventId: before[0]?.eventId, timestamp: before[0]?.timestamp });
  });
});

describe('what is told of an order', () => {
  it('is that it was placed, with the prices of that moment', () => {
    const cartLog = ordered();
    expect(told(cartLog)).toEqual([
      {
        eventId: `evt_cart1_${versionOf(cartLog, 'OrderPlaced')}`,
        type: 'order.placed',
        timestamp: new Date(at).toISOString(),
        cartId: 'cart1',
        data: {
          orderId: order,
          orderNumber: 'DC-1',
          cartId: 'cart1',
          currency: 'EUR',
          totals,
          items: apples,
        },
      },
    ]);
  });

  it('is that it was paid, with the items of the order book', () => {
    const cartLog = ordered();
    cartLog.handle(envelope(paid(order)), at + 1);
    expect(paidOrderIds(eventsOf(cartLog))).toEqual([order]);
    expect(told(cartLog, placedIn(cartLog))).toMatchObject([
      { type: 'order.placed' },
      {
        type: 'order.paid',
        timestamp: new Date(at + 1).toISOString(),
        data: { orderId: order, orderNumber: 'DC-1', paymentId: `pay-${order}`, totals, items: apples },
      },
    ]);
  });

  it('is that it was paid also when the order book has lost it', () => {
    const cartLog = ordered();
    cartLog.handle(envelope(paid(order)), at + 1);
    const news = told(cartLog, []).find(({ type }) => type === 'order.paid');
    expect(news?.data).toMatchObject({ orderId: order, orderNumber: 'DC-1', totals, items: [] });
  });

  it('is nothing when its checkout was given up before it was in the book', () => {
    const cartLog = held();
    cartLog.handle(envelope(checkout()), at);
    cartLog.handle(envelope({ type: 'cancelCheckout' }), at);
    answer(cartLog, yes, at);
    expect(cartLog.cart.orders).toMatchObject([{ status: 'cancelled' }]);
    expect(told(cartLog)).toEqual([]);
  });

  it('is nothing of the same also when the cancellation is in the next save', () => {
    const cartLog = held();
    cartLog.handle(envelope(checkout()), at);
    cartLog.handle(envelope({ type: 'cancelCheckout' }), at);
    answer(cartLog, yes, at);
    const events = eventsOf(cartLog);
    const placedAt = events.findIndex(({ type }) => type === 'OrderPlaced');
    expect(outboundEvents({ cart: cartLog.cart, events: events.slice(0, placedAt + 1) })).toEqual([]);
    expect(outboundEvents({ cart: cartLog.cart, events: events.slice(placedAt + 1) })).toEqual([]);
  });

  it('is that it was placed, though the shopper gives it up at once, or never pays', () => {
    const givenUp = ordered();
    givenUp.handle(envelope({ type: 'cancelCheckout' }), at);
    const expired = ordered();
    expired.tick(at + payWithinMs);
    for (const cartLog of [givenUp, expired]) {
      expect(cartLog.cart.status).toBe('active');
      expect(told(cartLog).map(({ type }) => type)).toEqual(['order.placed']);
    }
  });

  it('never has more of a shopper than the cart has: the fields are these', () => {
    const cartLog = ordered();
    cartLog.handle(envelope(paid(order)), at + 1);
    const [, news] = told(cartLog, placedIn(cartLog));
    expect(Object.keys(news!).toSorted()).toEqual(['cartId', 'data', 'eventId', 'timestamp', 'type']);
    expect(Object.keys(news!.data).toSorted()).toEqual([
      'cartId',
      'currency',
      'items',
      'orderId',
      'orderNumber',
      'paymentId',
      'totals',
    ]);
    expect(Object.keys(news!.data.items[0]!).toSorted()).toEqual(['name', 'quantity', 'unitPriceMinor']);
  });
});
