import { describe, expect, it } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import type { ExternalCommand } from '../../src/domain/commands.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import {
  addItem,
  answer,
  checkout,
  envelope,
  given,
  held,
  item,
  notPaid,
  openedAt,
  ordered,
  outOfStock,
  paid,
  payWithinMs,
  settleAll,
  ttlMs,
  waitMs,
  yes,
} from '../support/cart-scenario.ts';

const at = openedAt + 60_000;
const first = 'cart1-1';
const second = 'cart1-2';

const tell = (cartLog: CartLog, command: ExternalCommand, when = at, id?: string) =>
  cartLog.handle(envelope(command, id), when);
const outcomes = (cartLog: CartLog) => cartLog.toState().unsaved.outcomes.map(({ result }) => result);
const wanted = (cartLog: CartLog) => effectsOf(cartLog.cart).map(({ type }) => type);
const statuses = ({ orders }: Cart) => orders.map(({ status }) => status);

describe('a checkout', () => {
  it('of a cart whose lines are held places the order at once, and asks for its payment', () => {
    const cartLog = held();
    tell(cartLog, checkout());
    expect(wanted(cartLog)).toEqual(['placeOrder']);
    answer(cartLog, yes, at);
    expect(outcomes(cartLog).at(-1)).toMatchObject({ status: 'applied', orderId: first });
    expect(wanted(cartLog)).toEqual(['requestPayment']);
    answer(cartLog, yes, at);
    expect(cartLog.cart).toMatchObject({
      status: 'awaiting_payment',
      orders: [{ paymentId: `pay-${first}` }],
    });
    expect(toCartView(cartLog.cart)).toMatchObject({
      order: { orderId: first, status: 'awaiting_payment' },
      expiresAt: new Date(at + payWithinMs).toISOString(),
      items: [{ reservation: { status: 'reserved' } }],
    });
  });

  it('waits for reservations under way, and nobody hears of it before', () => {
    const cartLog = given(addItem(item('apple', 2)), checkout());
    expect(wanted(cartLog)).toEqual(['reserve']);
    expect(outcomes(cartLog)).toHaveLength(1);
    answer(cartLog, yes);
    expect(wanted(cartLog)).toEqual(['placeOrder']);
  });

  it('freezes the lines: what would change them is refused', () => {
    const cartLog = ordered();
    for (const command of [addItem(item('pear', 1)), { type: 'clearItems' } as const]) {
      tell(cartLog, command);
      expect(outcomes(cartLog).at(-1)).toMatchObject({ rejection: { code: 'checkout_in_progress' } });
    }
    expect(cartLog.cart.lines).toHaveLength(1);
  });

  it('that is asked ten times places one order, and all ten hear of it', () => {
    const cartLog = given(addItem(item('apple', 2)));
    for (let index = 0; index < 10; index += 1) tell(cartLog, checkout());
    settleAll(cartLog, at);
    tell(cartLog, checkout());
    const orderIds = outcomes(cartLog)
      .slice(1)
      .map((result) => 'orderId' in result && result.orderId);
    expect(orderIds).toEqual(Array.from({ length: 11 }, () => first));
    expect(cartLog.cart.orders).toHaveLength(1);
  });

  it('of an empty cart is refused', () => {
    expect(outcomes(given(checkout()))).toMatchObject([{ rejection: { code: 'cart_empty' } }]);
  });

  it('is refused with the list of what cannot be had, and the cart is active again', () => {
    const cartLog = given(addItem(item('apple', 2), item('rare', 1)), checkout());
    answer(cartLog, (effect) => ('item' in effect && effect.item === 'rare' ? outOfStock : yes(effect)), at);
    expect(outcomes(cartLog).at(-1)).toMatchObject({
      rejection: {
        code: 'items_unavailable',
        items: [{ name: 'rare', quantity: 1, reason: 'out of stock' }],
      },
    });
    expect(cartLog.cart).toMatchObject({ status: 'active', expiresAt: at + ttlMs });
  });

  it('goes on without what cannot be had when that was asked for', () => {
    const cartLog = given(addItem(item('apple', 2), item('rare', 1)), checkout('drop'));
    answer(cartLog, (effect) => ('item' in effect && effect.item === 'rare' ? outOfStock : yes(effect)));
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', lines: [{ name: 'apple' }] });
  });

  it('that would have nothing left is refused, also when it may drop', () => {
    const cartLog = given(addItem(item('rare', 1)), checkout('drop'));
    answer(cartLog, () => outOfStock, at);
    expect(outcomes(cartLog).at(-1)).toMatchObject({ rejection: { code: 'items_unavailable' } });
  });

  it('gives up when reservations take longer than it may wait, and names them', () => {
    const cartLog = given(addItem(item('apple', 2)), checkout());
    const giveUpAt = openedAt + 2_000 + waitMs;
    cartLog.tick(giveUpAt - 1);
    expect(cartLog.cart.status).toBe('checking_out');
    cartLog.tick(giveUpAt);
    expect(cartLog.cart.status).toBe('active');
    expect(outcomes(cartLog).at(-1)).toMatchObject({
      rejection: { code: 'reservations_pending', names: ['apple'] },
    });
  });

  it('finds a price that has changed: the cart has the new one, the next checkout goes through', () => {
    const cartLog = held();
    tell(cartLog, checkout());
    const changes = [{ itemId: 'id-apple', name: 'apple', oldUnitPriceMinor: 100, newUnitPriceMinor: 130 }];
    answer(cartLog, () => ({ status: 'repriced', changes }), at);
    expect(outcomes(cartLog).at(-1)).toMatchObject({ rejection: { code: 'price_changed', changes } });
    expect(cartLog.cart).toMatchObject({ status: 'active', lines: [{ unitPriceMinor: 130 }] });
    tell(cartLog, checkout());
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', orders: [{ totalMinor: 260 }] });
  });

  it('that is given up while its order is being placed cancels the order when it is there', () => {
    const cartLog = held();
    tell(cartLog, checkout());
    tell(cartLog, { type: 'cancelCheckout' });
    expect(outcomes(cartLog)).toContainEqual({
      status: 'rejected',
      rejection: { code: 'checkout_cancelled' },
    });
    expect(cartLog.cart.status).toBe('active');
    expect(wanted(cartLog)).toEqual(['placeOrder']);
    tell(cartLog, checkout());
    answer(cartLog, yes, at);
    expect(statuses(cartLog.cart)).toEqual(['cancelled']);
    expect(wanted(cartLog)).toEqual(['placeOrder', 'cancelPayment']);
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', orderId: second });
  });

  it('resumes an abandoned cart, reserves anew and then places the order', () => {
    const cartLog = held();
    cartLog.tick(cartLog.cart.expiresAt);
    settleAll(cartLog);
    tell(cartLog, checkout());
    expect(wanted(cartLog)).toEqual(['reserve']);
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', lines: [{ attempts: 2 }] });
  });
});

describe('a payment', () => {
  it('that succeeds sells the holds and completes the cart', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    expect(cartLog.cart.status).toBe('completed');
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'commit', reservationId: 'r-cart1.id-apple.1' }]);
    expect(toCartView(cartLog.cart)).toMatchObject({
      order: { status: 'paid' },
      items: [{ reservation: { status: 'sold' } }],
    });
    settleAll(cartLog);
    expect(cartLog.cart.holds).toEqual([]);
  });

  it('that fails leaves the cart as it was, holds included, and the next checkout makes order 2', () => {
    const cartLog = ordered();
    const { lines, holds } = cartLog.cart;
    tell(cartLog, notPaid(first));
    expect(cartLog.cart).toMatchObject({ status: 'active', lines, holds, expiresAt: at + ttlMs });
    expect(wanted(cartLog)).toEqual(['cancelPayment']);
    tell(cartLog, checkout());
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', orderId: second });
    expect(statuses(cartLog.cart)).toEqual(['payment_failed', 'awaiting_payment']);
  });

  it('that does not come in time expires the order, a moment before it does not', () => {
    const cartLog = ordered();
    cartLog.tick(at + payWithinMs - 1);
    expect(cartLog.cart.status).toBe('awaiting_payment');
    cartLog.tick(at + payWithinMs);
    expect(cartLog.cart).toMatchObject({ status: 'active', expiresAt: at + payWithinMs + ttlMs });
    expect(statuses(cartLog.cart)).toEqual(['expired']);
  });

  it('that comes late is accepted while the holds stand', () => {
    const cartLog = ordered();
    cartLog.tick(at + payWithinMs);
    tell(cartLog, paid(first), at + payWithinMs + 1);
    expect(cartLog.cart).toMatchObject({ status: 'completed', orderId: first });
  });

  it('that comes late and finds a line changed goes back', () => {
    const cartLog = ordered();
    tell(cartLog, { type: 'cancelCheckout' });
    tell(cartLog, { type: 'changeQuantity', itemId: 'id-apple', quantity: 1 });
    settleAll(cartLog, at);
    tell(cartLog, paid(first));
    expect(cartLog.cart.status).toBe('active');
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'refund', paymentId: `pay-${first}`, amountMinor: 200 },
    ]);
    expect(statuses(cartLog.cart)).toEqual(['refund_required']);
    settleAll(cartLog);
    expect(statuses(cartLog.cart)).toEqual(['refunded']);
  });

  it('that comes after the cart was abandoned goes back', () => {
    const cartLog = ordered();
    tell(cartLog, { type: 'cancelCheckout' });
    cartLog.tick(cartLog.cart.expiresAt);
    tell(cartLog, paid(first), cartLog.cart.expiresAt + 1);
    expect(statuses(cartLog.cart)).toEqual(['refund_required']);
  });

  it('that comes late leaves a line that was added since in the cart', () => {
    const cartLog = ordered();
    tell(cartLog, { type: 'cancelCheckout' });
    tell(cartLog, addItem(item('pear', 1)));
    settleAll(cartLog, at);
    tell(cartLog, paid(first));
    expect(cartLog.cart).toMatchObject({ status: 'active', lines: [{ name: 'pear' }] });
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'commit', item: 'apple' }]);
  });

  it('of an earlier order completes the cart and ends the later one', () => {
    const cartLog = ordered();
    tell(cartLog, notPaid(first));
    tell(cartLog, checkout());
    settleAll(cartLog, at);
    tell(cartLog, paid(first));
    expect(cartLog.cart).toMatchObject({ status: 'completed', orderId: first });
    expect(statuses(cartLog.cart)).toEqual(['paid', 'cancelled']);
    tell(cartLog, paid(second));
    expect(statuses(cartLog.cart)).toEqual(['paid', 'refund_required']);
  });

  it('of an earlier order ends a checkout that waits: who waits hears which order was paid', () => {
    const cartLog = ordered();
    tell(cartLog, notPaid(first));
    tell(cartLog, checkout(), at, 'waiting');
    tell(cartLog, paid(first));
    expect(cartLog.cart).toMatchObject({ status: 'completed', orderId: first });
    expect(outcomes(cartLog)).toContainEqual({
      status: 'rejected',
      rejection: { code: 'order_already_paid', orderId: first, orderNumber: 'DC-1' },
    });
    settleAll(cartLog, at);
    expect(statuses(cartLog.cart)).toEqual(['paid', 'cancelled']);
  });

  it('that is told again changes nothing; a failure after the success neither', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    const { version } = cartLog.cart;
    tell(cartLog, paid(first));
    tell(cartLog, notPaid(first));
    expect(cartLog.cart.version).toBe(version);
  });

  it('made twice for one order goes back the second time, and the order stays paid', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    tell(cartLog, paid(first, 200, 'another'));
    expect(statuses(cartLog.cart)).toEqual(['paid']);
    expect(effectsOf(cartLog.cart)).toContainEqual(
      expect.objectContaining({ type: 'refund', paymentId: 'another' }),
    );
  });

  it('whose request is refused fails the order', () => {
    const cartLog = held();
    tell(cartLog, checkout());
    answer(cartLog, yes, at);
    answer(cartLog, () => ({ status: 'refused', reason: 'no such currency' }), at);
    expect(cartLog.cart.status).toBe('active');
    expect(statuses(cartLog.cart)).toEqual(['payment_failed']);
  });

  it('goes back when the service has lost what was to be sold', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    answer(cartLog, () => ({ status: 'gone' }), at);
    expect(wanted(cartLog)).toEqual(['refund']);
    expect(statuses(cartLog.cart)).toEqual(['refund_required']);
  });

  it('of an order that the cart has forgotten goes back', () => {
    const cartLog = held();
    tell(cartLog, paid('cart1-0'));
    expect(wanted(cartLog)).toEqual(['refund']);
  });
});

describe('a completed cart', () => {
  it('starts its next life with the next add, while what was ordered is still being sold', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    tell(cartLog, addItem(item('pear', 1)));
    expect(cartLog.cart).toMatchObject({ status: 'active', lines: [{ name: 'pear' }] });
    expect(wanted(cartLog)).toEqual(['commit', 'reserve']);
    settleAll(cartLog);
    tell(cartLog, checkout());
    settleAll(cartLog, at);
    expect(cartLog.cart).toMatchObject({ status: 'awaiting_payment', orderId: second });
  });

  it('answers another checkout with its order', () => {
    const cartLog = ordered();
    tell(cartLog, paid(first));
    tell(cartLog, checkout());
    expect(outcomes(cartLog).at(-1)).toMatchObject({ status: 'applied', orderId: first });
  });
});

describe("an operator's cancel", () => {
  it('ends checkout, order and cart: nothing stays held', () => {
    for (const cartLog of [ordered(), given(addItem(item('apple', 1)), checkout()), held()]) {
      cartLog.tick(at, { early: true });
      expect(cartLog.cart.status).toBe('abandoned');
      settleAll(cartLog);
      expect(cartLog.cart).toMatchObject({ holds: [], paymentTasks: [] });
      expect(cartLog.toState().deferred).toEqual([]);
    }
  });
});
