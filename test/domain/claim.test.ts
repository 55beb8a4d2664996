import { describe, expect, it } from 'vitest';
import { limits, type LiveHold } from '../../src/domain/cart.ts';
import { createCartLog, openCart, type CartLog } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import { effectsOf, type HandOverEffect } from '../../src/domain/effects.ts';
import {
  addItem,
  answer,
  checkout,
  envelope,
  given,
  item,
  openedAt,
  outOfStock,
  paid,
  settleAll,
  ttlMs,
  yes,
} from '../support/cart-scenario.ts';
import { aLine, claimBy, receivedBy, servicesOf } from '../support/claim-scenario.ts';

const later = openedAt + 60_000;

/** A guest's cart, whose lines have ids of their own, as they do. */
function guestWith(...lines: [string, number][]): CartLog {
  const guest = createCartLog(openCart({ cartId: 'guest1', currency: 'EUR', ttlMs }, openedAt));
  const items = lines.map(([name, quantity]) => ({ ...item(name, quantity, 70), itemId: `guest-${name}` }));
  if (items.length > 0) guest.handle(envelope(addItem(...items)), openedAt + 1_000);
  return guest;
}

const userWith = (...lines: [string, number][]): CartLog => {
  const user = lines.length === 0 ? given() : given(addItem(...lines.map(([n, q]) => item(n, q))));
  settleAll(user);
  return user;
};

const handOverOf = ({ cart }: CartLog): HandOverEffect | undefined =>
  effectsOf(cart).find((effect) => effect.type === 'handOver');

/** The guest's cart is claimed, and what it hands over arrives. */
function move(guest: CartLog, user: CartLog, merge: 'sum' | 'max' = 'sum') {
  guest.handle(envelope(claimBy(user.cart.cartId, merge)), later);
  const handOver = handOverOf(guest);
  if (!handOver) return;
  user.handle(receivedBy(handOver), later + 1);
  guest.settle(handOver, { status: 'done' }, later + 2);
}

const resultsOf = (cartLog: CartLog) =>
  cartLog
    .allSaves()
    .flatMap(({ outcomes }) => outcomes.map(({ command, result }) => ({ command, ...result })));
const resultOfClaim = (cartLog: CartLog) => resultsOf(cartLog).filter(({ command }) => command === 'claim');
const eventsOf = (cartLog: CartLog) => cartLog.allSaves().flatMap(({ events }) => events);
const callsOf = (cartLog: CartLog) => servicesOf(cartLog.cart).map(({ id }) => id);
const linesOf = ({ cart }: CartLog) =>
  toCartView(cart).items.map(({ name, quantity, reservation }) => [name, quantity, reservation.status]);
const heldOf = ({ cart }: CartLog) =>
  cart.holds.map(({ key, status, ...hold }) => [key, status, 'quantity' in hold ? hold.quantity : null]);

describe('a claim', () => {
  it('moves lines with their holds: nothing is asked of the reservation service', () => {
    const guest = guestWith(['apple', 2], ['pear', 3]);
    answer(guest, yes);
    const user = userWith();
    move(guest, user);
    expect(linesOf(user)).toEqual([
      ['apple', 2, 'reserved'],
      ['pear', 3, 'reserved'],
    ]);
    expect(user.cart.lines.map(({ unitPriceMinor }) => unitPriceMinor)).toEqual([70, 70]);
    expect([...callsOf(user), ...callsOf(guest)]).toEqual([]);
    expect(guest.cart).toMatchObject({ status: 'claimed', lines: [], holds: [], toCartId: 'cart1' });
  });

  it('has its outcome when the user is sure to have it, and not before', () => {
    const guest = guestWith(['apple', 2]);
    guest.handle(envelope(claimBy('cart1')), later);
    expect(guest.cart.status).toBe('claiming');
    expect(resultOfClaim(guest)).toEqual([]);
    guest.settle(handOverOf(guest)!, { status: 'failed', reason: 'no answer' }, later);
    expect(handOverOf(guest)).toBeDefined();
    guest.settle(handOverOf(guest)!, { status: 'done' }, later);
    expect(resultOfClaim(guest)).toMatchObject([{ status: 'applied' }]);
    expect(handOverOf(guest)).toBeUndefined();
  });

  it('says in the history of both carts where the lines went and came from', () => {
    const [guest, user] = [guestWith(['apple', 2]), userWith()];
    move(guest, user);
    expect(eventsOf(guest).slice(-2)).toMatchObject([
      { type: 'ClaimStarted', toCartId: 'cart1', by: 'shopper' },
      { type: 'CartClaimed', toCartId: 'cart1', by: 'service' },
    ]);
    const received = eventsOf(user).find(({ type }) => type === 'LinesReceived');
    expect(received).toMatchObject({ fromCartId: 'guest1', by: 'shopper', operationId: 'claim-guest1' });
  });

  it('of a cart that has nothing in it ends the session at once', () => {
    for (const guest of [guestWith(), given(addItem(item('apple', 1)), { type: 'clearItems' })]) {
      guest.handle(envelope(claimBy('user1')), later);
      expect(guest.cart.status).toBe('claimed');
      expect(resultOfClaim(guest)).toMatchObject([{ status: 'applied' }]);
    }
  });

  it('is received once, however often it is sent', () => {
    const [guest, user] = [guestWith(['apple', 2]), userWith(['apple', 1])];
    guest.handle(envelope(claimBy('cart1')), later);
    const received = receivedBy(handOverOf(guest)!);
    for (let sent = 0; sent < 3; sent += 1) user.handle(received, later + sent);
    expect(user.cart.lines).toMatchObject([{ name: 'apple', quantity: 3 }]);
    expect(user.cart.holds).toHaveLength(2);
  });

  it('again by the same user has the same outcome, by another there is no such session', () => {
    const guest = guestWith(['apple', 2]);
    guest.handle(envelope(claimBy('user1')), later);
    guest.handle(envelope(claimBy('user1')), later);
    guest.handle(envelope(claimBy('user2')), later);
    expect(resultOfClaim(guest)).toMatchObject([{ rejection: { code: 'session_not_found' } }]);
    settleAll(guest);
    guest.handle(envelope(claimBy('user1')), later);
    guest.handle(envelope(claimBy('user2')), later);
    const results = resultOfClaim(guest).map(({ status }) => status);
    expect(results).toEqual(['rejected', 'applied', 'applied', 'applied', 'rejected']);
    expect(guest.cart).toMatchObject({ toCartId: 'user1' });
  });

  it('during a checkout is refused before anything moves', () => {
    const guest = guestWith(['apple', 2]);
    answer(guest, yes);
    guest.handle(envelope(checkout()), later);
    guest.handle(envelope(claimBy('user1')), later);
    expect(resultOfClaim(guest)).toMatchObject([{ rejection: { code: 'checkout_in_progress' } }]);
    expect(guest.cart).toMatchObject({ lines: [{ name: 'apple' }], holds: [{ status: 'held' }] });
  });

  it('leaves a session that takes nothing any more, also in its next life', () => {
    const guest = guestWith(['apple', 2]);
    move(guest, userWith());
    const next = createCartLog(JSON.parse(JSON.stringify(guest.toState())));
    for (const command of [addItem(item('pear', 1)), checkout(), { type: 'clearItems' } as const]) {
      next.handle(envelope(command), later + 10);
    }
    const rejections = resultsOf(next).flatMap((result) => ('rejection' in result ? [result.rejection] : []));
    expect(rejections).toEqual(Array.from({ length: 3 }, () => ({ code: 'session_not_found' })));
    expect(next.cart).toMatchObject({ status: 'claimed', lines: [], holds: [] });
  });

  it('of an abandoned cart moves its lines, which the user reserves anew', () => {
    const guest = guestWith(['apple', 2]);
    answer(guest, yes);
    guest.tick(guest.cart.expiresAt);
    const user = userWith();
    move(guest, user);
    expect(callsOf(guest)).toEqual(['release guest1.guest-apple.1']);
    expect(callsOf(user)).toEqual(['reserve cart1.guest-apple.2']);
    settleAll(guest);
    expect(effectsOf(guest.cart)).toEqual([]);
  });

  it('of a cart that has become an order leaves what was sold', () => {
    const guest = given(addItem(item('apple', 2)), checkout());
    answer(guest, yes);
    answer(guest, yes);
    guest.handle(envelope(paid('cart1-1')), later);
    expect(guest.cart.status).toBe('completed');
    guest.handle(envelope(claimBy('user1')), later);
    expect(guest.cart).toMatchObject({ status: 'claimed', moved: { lines: 0 } });
    expect(callsOf(guest)).toEqual(['commit cart1.id-apple.1']);
  });
});

describe('a reservation under way at the moment of the claim', () => {
  it("is asked for again by the user's cart under the same key, and the late answer to the guest's changes nothing", () => {
    const guest = guestWith(['apple', 2]);
    const [asked] = effectsOf(guest.cart);
    const user = userWith();
    move(guest, user);
    expect(callsOf(user)).toEqual(['reserve guest1.guest-apple.1']);
    for (const cartLog of [guest, user]) cartLog.settle(asked!, yes(asked!), later + 5);
    expect(linesOf(user)).toEqual([['apple', 2, 'reserved']]);
    expect([...callsOf(guest), ...callsOf(user)]).toEqual([]);
  });

  it("is not released by the guest's cart when its answer comes before the hand-over is through", () => {
    const guest = guestWith(['apple', 2]);
    const [asked] = effectsOf(guest.cart);
    guest.handle(envelope(claimBy('user1')), later);
    guest.settle(asked!, yes(asked!), later + 1);
    expect(callsOf(guest)).toEqual([]);
  });

  it("of a line that was removed before is released by the guest's cart, late answer or not", () => {
    const guest = guestWith(['apple', 2], ['pear', 1]);
    const [asked] = effectsOf(guest.cart);
    guest.handle(envelope({ type: 'removeItem', itemId: 'guest-apple' }), later);
    const user = userWith();
    move(guest, user);
    expect(callsOf(guest)).toEqual(['release guest1.guest-apple.1']);
    answer(guest, yes);
    guest.settle(asked!, yes(asked!), later + 5);
    expect(servicesOf(guest.cart)).toMatchObject([
      { type: 'release', reservationId: 'r-guest1.guest-apple.1' },
    ]);
  });

  it('goes on as a change of quantity, with the key that it had', () => {
    const guest = guestWith(['apple', 2]);
    answer(guest, yes);
    guest.handle(envelope({ type: 'changeQuantity', itemId: 'guest-apple', quantity: 5 }), later);
    const before = effectsOf(guest.cart);
    const user = userWith();
    move(guest, user);
    expect(effectsOf(user.cart)).toEqual(before);
  });

  it('that the service refuses is refused to the user', () => {
    const guest = guestWith(['apple', 2]);
    const user = userWith();
    move(guest, user);
    answer(user, () => outOfStock);
    expect(linesOf(user)).toEqual([['apple', 2, 'unavailable']]);
  });
});

describe('a product that is in both carts', () => {
  it('is added up: the line has both holds, and asks for nothing', () => {
    const guest = guestWith(['apple', 3]);
    answer(guest, yes);
    const user = userWith(['apple', 2]);
    move(guest, user);
    expect(linesOf(user)).toEqual([['apple', 5, 'reserved']]);
    expect(heldOf(user)).toEqual([
      ['cart1.id-apple.1', 'held', 2],
      ['guest1.guest-apple.1', 'held', 3],
    ]);
    expect(callsOf(user)).toEqual([]);
  });

  it.each([
    [2, 3, ['release cart1.id-apple.1'], [['guest1.guest-apple.1', 'held', 3]]],
    [3, 3, ['release cart1.id-apple.1'], [['guest1.guest-apple.1', 'held', 3]]],
    [
      5,
      3,
      ['adjust cart1.id-apple.1.q1'],
      [
        ['cart1.id-apple.1', 'held', 2],
        ['guest1.guest-apple.1', 'held', 3],
      ],
    ],
  ])('has the larger quantity of %i and %i by max, and never less is held', (own, received, calls, after) => {
    const guest = guestWith(['apple', received]);
    answer(guest, yes);
    const user = userWith(['apple', own]);
    move(guest, user, 'max');
    expect(callsOf(user)).toEqual(calls);
    const standing = user.cart.holds.reduce(
      (sum, hold) => sum + ('quantity' in hold ? (hold.quantity ?? 0) : 0),
      0,
    );
    expect(standing).toBeGreaterThanOrEqual(Math.max(own, received));
    settleAll(user);
    expect(heldOf(user)).toEqual(after);
    expect(linesOf(user)).toEqual([['apple', Math.max(own, received), 'reserved']]);
  });

  it('is cut off at what a line may have: the rest is reported, and released after the line has its holds', () => {
    const guest = guestWith(['apple', 600]);
    answer(guest, yes);
    const user = userWith(['apple', 500]);
    move(guest, user);
    expect(eventsOf(user).find(({ type }) => type === 'LinesReceived')).toMatchObject({
      cutOff: [{ name: 'apple', quantity: 101 }],
    });
    expect(servicesOf(user.cart)).toMatchObject([{ type: 'adjust', quantity: 399 }]);
    settleAll(user);
    expect(linesOf(user)).toEqual([['apple', limits.quantityPerLine, 'reserved']]);
  });

  it('has the newer of the two prices', () => {
    const user = given(addItem(item('apple', 1, 100)));
    const guest = guestWith(['apple', 1]);
    const newer = { ...aLine('guest-apple', 'apple'), changedAt: later + 10, unitPriceMinor: 80 };
    move(guest, user);
    expect(user.cart.lines).toMatchObject([{ unitPriceMinor: 100 }]);
    const more = { fromCartId: 'guest2', merge: 'sum', lines: [newer], holds: [] } as const;
    user.handle(envelope({ type: 'receive', ...more }), later + 1);
    expect(user.cart.lines).toMatchObject([{ unitPriceMinor: 80 }]);
  });

  it('is asked for again where one of the carts had been refused', () => {
    const guest = guestWith(['apple', 3]);
    answer(guest, () => outOfStock);
    const user = userWith(['apple', 2]);
    move(guest, user);
    expect(servicesOf(user.cart)).toMatchObject([{ type: 'adjust', quantity: 5 }]);
  });
});

describe('a line with several holds', () => {
  /** Apples from three devices: 2, 3 and 4 of them. */
  function several() {
    const user = userWith(['apple', 2]);
    for (const [index, quantity] of [3, 4].entries()) {
      const key = `guest${index}.g.1`;
      const hold: LiveHold = {
        ...{ status: 'held', key, itemId: `g${index}`, item: 'apple', quantity },
        ...{ reservationId: `r-${key}`, adjustments: 0, since: openedAt },
      };
      const lines = [{ ...aLine(`g${index}`, 'apple', quantity), attempts: 1 }];
      const parcel = { fromCartId: `guest${index}`, merge: 'sum', lines, holds: [hold] } as const;
      user.handle(envelope({ type: 'receive', ...parcel }), later);
    }
    return user;
  }
  const changeTo = (quantity: number) =>
    envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity } as const);
  const quantitiesOf = (user: CartLog) => heldOf(user).map(([, , quantity]) => quantity);

  it.each([
    [10, [3, 3, 4]],
    [8, [1, 3, 4]],
    [7, [3, 4]],
    [5, [1, 4]],
    [1, [1]],
  ])('comes to %i units by as few calls as that takes', (quantity, left) => {
    const user = several();
    expect(linesOf(user)).toEqual([['apple', 9, 'reserved']]);
    user.handle(changeTo(quantity), later);
    settleAll(user);
    expect(quantitiesOf(user)).toEqual(left);
    expect(linesOf(user)).toEqual([['apple', quantity, 'reserved']]);
  });

  it('is refused as a whole, once: it does not ask again by itself', () => {
    const user = several();
    user.handle(changeTo(12), later);
    answer(user, () => outOfStock);
    expect(linesOf(user)).toEqual([['apple', 12, 'unavailable']]);
    expect(callsOf(user)).toEqual([]);
    expect(quantitiesOf(user)).toEqual([2, 3, 4]);
  });

  it('settles the hold whose change had no answer, before all else', () => {
    const user = several();
    user.handle(changeTo(12), later);
    answer(user, () => ({ status: 'failed', reason: 'no answer' }));
    expect(quantitiesOf(user)).toEqual([null, 3, 4]);
    user.handle(changeTo(9), later);
    expect(servicesOf(user.cart)).toMatchObject([{ type: 'adjust', quantity: 2 }]);
    settleAll(user);
    expect(quantitiesOf(user)).toEqual([2, 3, 4]);
  });

  it('is sold by all of them, and released by all of them', () => {
    const sold = several();
    sold.handle(envelope(checkout()), later);
    answer(sold, yes);
    sold.handle(envelope(paid('cart1-1', 900)), later);
    expect(callsOf(sold).map((id) => id.split(' ')[0])).toEqual(['commit', 'commit', 'commit']);
    const removed = several();
    removed.handle(envelope({ type: 'removeItem', itemId: 'id-apple' }), later);
    expect(callsOf(removed).map((id) => id.split(' ')[0])).toEqual(['release', 'release', 'release']);
  });

  it('of which the service has lost one gets its units back', () => {
    const user = several();
    user.handle(changeTo(12), later);
    answer(user, () => ({ status: 'gone' }));
    settleAll(user);
    expect(quantitiesOf(user)).toEqual([8, 4]);
  });

  it('goes back to one when there are too many holds in all', () => {
    const user = userWith();
    for (let guest = 0; guest < 101; guest += 1) {
      const lines = ['apple', 'pear', 'plum'].map((name) => aLine(`${name}-${guest}`, name));
      const holds = lines.map(({ itemId, name }): LiveHold => ({
        ...{ status: 'held', key: `k.${itemId}`, itemId, item: name, quantity: 1 },
        ...{ reservationId: `r-${itemId}`, adjustments: 0, since: openedAt },
      }));
      const parcel = { fromCartId: `guest${guest}`, merge: 'sum', lines, holds } as const;
      user.handle(envelope({ type: 'receive', ...parcel }), later);
    }
    settleAll(user);
    expect(user.cart.holds.length).toBeLessThan(300);
    expect(linesOf(user).map(([, quantity, status]) => [quantity, status])).toEqual(
      Array.from({ length: 3 }, () => [101, 'reserved']),
    );
  });
});

describe('a cart that is full', () => {
  it('takes no more units than a cart may have, and no line of none', () => {
    const user = userWith(['apple', 6]);
    const guest = guestWith(['apple', 3], ['pear', 4], ['plum', 1]);
    answer(guest, yes);
    guest.handle(envelope({ ...claimBy('cart1'), maxUnits: 10 }), later);
    user.handle(receivedBy(handOverOf(guest)!), later + 1);
    expect(eventsOf(user).find(({ type }) => type === 'LinesReceived')).toMatchObject({
      cutOff: [
        { name: 'pear', quantity: 3 },
        { name: 'plum', quantity: 1 },
      ],
    });
    settleAll(user);
    expect(linesOf(user)).toEqual([
      ['apple', 9, 'reserved'],
      ['pear', 1, 'reserved'],
    ]);
    expect(user.cart.holds.map(({ item: name }) => name)).toEqual(['apple', 'apple', 'pear']);
  });

  it('is not cut down when it has more than it may have by now', () => {
    const user = userWith(['apple', 6]);
    const guest = guestWith(['apple', 3]);
    guest.handle(envelope({ ...claimBy('cart1'), maxUnits: 5 }), later);
    user.handle(receivedBy(handOverOf(guest)!), later + 1);
    expect(user.cart.lines).toMatchObject([{ quantity: 6 }]);
  });

  it('takes what it has room for; the rest is reported, and its holds are released', () => {
    const names = Array.from({ length: limits.linesPerCart - 1 }, (_, index) => `item ${index}`);
    const user = given(addItem(...names.map((name) => item(name, 1))));
    settleAll(user);
    const guest = guestWith(['item 0', 1], ['kiwi', 2], ['lime', 3]);
    answer(guest, yes);
    move(guest, user);
    expect(user.cart.lines).toHaveLength(limits.linesPerCart);
    expect(eventsOf(user).find(({ type }) => type === 'LinesReceived')).toMatchObject({
      cutOff: [{ name: 'lime', quantity: 3 }],
    });
    expect(callsOf(user)).toEqual(['release guest1.guest-lime.1']);
  });
});

describe('what a cart receives while it is being checked out', () => {
  function duringCheckout() {
    const user = userWith(['apple', 2]);
    user.handle(envelope(checkout()), later);
    const guest = guestWith(['apple', 3], ['pear', 1]);
    answer(guest, yes);
    move(guest, user);
    return user;
  }

  it('waits, held: the order is what it was', () => {
    const user = duringCheckout();
    expect(linesOf(user)).toEqual([['apple', 2, 'reserved']]);
    expect(callsOf(user).filter((id) => /release|adjust|reserve/.test(id))).toEqual([]);
    answer(user, yes);
    expect(user.cart).toMatchObject({ status: 'awaiting_payment', orders: [{ wanted: [{ quantity: 2 }] }] });
    expect(user.cart.holds).toHaveLength(3);
  });

  it('comes into the cart when the checkout is given up', () => {
    const user = duringCheckout();
    user.handle(envelope({ type: 'cancelCheckout' }), later + 10);
    expect(linesOf(user)).toEqual([
      ['apple', 5, 'reserved'],
      ['pear', 1, 'reserved'],
    ]);
    expect(user.cart).toMatchObject({ status: 'active', waiting: null });
  });

  it('comes into the next life of the cart when its order is paid: only what was ordered is sold', () => {
    const user = duringCheckout();
    answer(user, yes);
    user.handle(envelope(paid('cart1-1')), later + 10);
    expect(user.cart).toMatchObject({ status: 'active', waiting: null });
    expect(linesOf(user)).toEqual([
      ['apple', 3, 'reserved'],
      ['pear', 1, 'reserved'],
    ]);
    expect(callsOf(user)).toEqual(['commit cart1.id-apple.1']);
  });

  it('is kept without its holds when an operator abandons the cart', () => {
    const user = duringCheckout();
    user.tick(later + 10, { early: true });
    expect(user.cart).toMatchObject({ status: 'abandoned', waiting: null });
    settleAll(user);
    expect(linesOf(user)).toEqual([
      ['apple', 5, 'released'],
      ['pear', 1, 'released'],
    ]);
    expect(user.cart.holds).toEqual([]);
  });

  it('has its refusals, and is carried over to the next run', () => {
    const user = userWith(['apple', 2]);
    user.handle(envelope(checkout()), later);
    move(guestWith(['kiwi', 1]), user);
    const next = createCartLog(JSON.parse(JSON.stringify(user.toState())));
    const reserve = servicesOf(next.cart).find(({ type }) => type === 'reserve');
    next.settle(reserve!, outOfStock, later + 5);
    next.handle(envelope({ type: 'cancelCheckout' }), later + 10);
    expect(linesOf(next)).toEqual([
      ['apple', 2, 'reserved'],
      ['kiwi', 1, 'unavailable'],
    ]);
  });
});

describe('a cart that was abandoned, or has become an order', () => {
  it('comes back with what it receives', () => {
    const user = userWith(['apple', 2]);
    user.tick(user.cart.expiresAt);
    settleAll(user);
    const guest = guestWith(['pear', 1]);
    answer(guest, yes);
    move(guest, user);
    expect(linesOf(user)).toEqual([
      ['apple', 2, 'pending'],
      ['pear', 1, 'reserved'],
    ]);
    expect(user.cart.expiresAt).toBe(later + 1 + ttlMs);
  });

  it('starts its next life with what it receives', () => {
    const user = userWith(['apple', 2]);
    user.handle(envelope(checkout()), later);
    answer(user, yes);
    user.handle(envelope(paid('cart1-1')), later);
    const guest = guestWith(['pear', 1]);
    answer(guest, yes);
    move(guest, user);
    expect(linesOf(user)).toEqual([['pear', 1, 'reserved']]);
  });
});
