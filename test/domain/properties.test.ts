import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, type Cart } from '../../src/domain/cart.ts';
import { createCartLog, type CartLog } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import type { ShopperCommand } from '../../src/domain/commands.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { CartEvent } from '../../src/domain/events.ts';
import { orderChanges } from '../../src/domain/order-changes.ts';
import { reconcile } from '../../src/domain/reconcile.ts';
import { addItem, checkout, envelope, item, newCartLog, openedAt } from '../support/cart-scenario.ts';
import { createWorld } from '../support/world.ts';

type Mode = 'yes' | 'refused' | 'noAnswer';

type Step =
  | { do: 'command'; command: ShopperCommand }
  | { do: 'answer'; pick: number; with: Mode }
  /** Every call under way at once, so that checkouts get somewhere. */
  | { do: 'answerAll' }
  | { do: 'pay'; pick: number; success: boolean }
  | { do: 'news'; pick: number }
  | { do: 'expire'; early: boolean }
  | { do: 'carryOver' };

const names = ['apple', 'pear', 'plum', 'fig'];
const name = fc.constantFrom(...names);
const quantity = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: limits.quantityPerLine }) },
);
const pick = fc.nat(9);

const command: fc.Arbitrary<ShopperCommand> = fc.oneof(
  fc
    .array(fc.tuple(name, quantity, fc.integer({ min: 0, max: 9_999 })), { minLength: 1, maxLength: 3 })
    .map((items) => addItem(...items.map(([n, q, price]) => item(n, q, price)))),
  fc.record({ type: fc.constant('changeQuantity' as const), itemId: name.map((n) => `id-${n}`), quantity }),
  fc.record({ type: fc.constant('removeItem' as const), itemId: name.map((n) => `id-${n}`) }),
  fc.constant({ type: 'clearItems' as const }),
  fc.constant({ type: 'touch' as const }),
  fc.constantFrom(checkout('reject'), checkout('drop')),
  fc.constantFrom(checkout('reject'), checkout('reject'), { type: 'cancelCheckout' as const }),
);

const mode = fc.constantFrom<Mode>('yes', 'yes', 'refused', 'noAnswer');

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: command.map((c): Step => ({ do: 'command', command: c })) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('answer' as const), pick, with: mode }) },
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'answerAll' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pay' as const), pick, success: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('news' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), early: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'carryOver' }) },
);

/** As the API does it: a new id for each line that is added, and clients that name the lines they see. */
function withIds(wanted: ShopperCommand, cart: Cart, index: number): ShopperCommand {
  if (wanted.type === 'addItem') {
    return { ...wanted, items: wanted.items.map((one, n) => ({ ...one, itemId: `id-${index}-${n}` })) };
  }
  if (!('itemId' in wanted)) return wanted;
  const line = cart.lines.find(({ name: n }) => `id-${n}` === wanted.itemId);
  return line ? { ...wanted, itemId: line.itemId } : wanted;
}

/** Long ones: by default fast-check stops at about ten steps. */
const journey = fc.array(step, { maxLength: 80, size: 'max' });

function play(steps: readonly Step[]) {
  let cartLog: CartLog = newCartLog();
  const world = createWorld();
  const events: CartEvent[] = [];
  let now = openedAt;
  const drain = () => {
    for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) {
      events.push(...save.events);
      cartLog.saved(save);
    }
  };
  const chosen = <T>(list: readonly T[], index: number): T | undefined =>
    list[index % Math.max(list.length, 1)];
  steps.forEach((current, index) => {
    now += 100_000;
    switch (current.do) {
      case 'command':
        return cartLog.handle(envelope(withIds(current.command, cartLog.cart, index)), now);
      case 'answer': {
        const effect = chosen(effectsOf(cartLog.cart), current.pick);
        return effect && cartLog.settle(effect, world.call(effect, current.with, index % 2 === 0), now);
      }
      case 'answerAll':
        for (const effect of effectsOf(cartLog.cart))
          cartLog.settle(effect, world.call(effect, 'yes', true), now);
        return;
      case 'pay':
        return world.pay(chosen(world.payable(), current.pick), current.success);
      case 'news': {
        // Any news, again and in any order.
        const news = chosen(world.news, current.pick);
        return news && cartLog.handle(envelope(news), now);
      }
      case 'expire':
        return cartLog.tick(now, { early: current.early });
      case 'carryOver':
        drain();
        cartLog = createCartLog(JSON.parse(JSON.stringify(cartLog.toState())));
    }
  });
  /** All news arrive, and every service says yes until the cart wants nothing more. */
  const settleAll = () => {
    for (const news of world.news) cartLog.handle(envelope(news), now);
    for (let round = 0; round < 40; round += 1) {
      const wanted = effectsOf(cartLog.cart);
      if (wanted.length === 0) return drain();
      for (const effect of wanted) cartLog.settle(effect, world.call(effect, 'yes', true), now);
    }
    throw new Error('The cart does not come to rest');
  };
  return { cartLog, world, events, drain, settleAll };
}

const runs = { numRuns: 2_000, seed: 20_261_124 };

describe('over any sequence of commands and answers', () => {
  it('totals equal the sum of the lines, and quantities stay within bounds', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const view = toCartView(play(steps).cartLog.cart);
        expect(view.totals.totalMinor).toBe(view.items.reduce((sum, line) => sum + line.lineTotalMinor, 0));
        expect(view.totals.itemCount).toBe(view.items.reduce((sum, line) => sum + line.quantity, 0));
        for (const line of view.items) {
          expect(line.lineTotalMinor).toBe(line.quantity * line.unitPriceMinor);
          expect(line.quantity).toBeGreaterThan(0);
          expect(line.quantity).toBeLessThanOrEqual(limits.quantityPerLine);
        }
      }),
      runs,
    );
  });

  it('comes to rest with exactly held what is wanted, at the service too', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { cartLog, world, settleAll } = play(steps);
        settleAll();
        const { cart } = cartLog;
        expect(reconcile(cart)).toEqual([]);
        const isOpen = cart.status !== 'abandoned' && cart.status !== 'completed';
        const wanted = isOpen ? cart.lines.filter((line) => !line.refusal) : [];
        for (const line of wanted) expect(world.held.get(keyOf(cart, line.itemId))).toBe(line.quantity);
        // A refused line may keep what it held before; nothing else is held.
        const known = new Set(cart.holds.map(({ key }) => key));
        expect([...world.held.keys()].filter((key) => !known.has(key))).toEqual([]);
      }),
      runs,
    );
  });

  it('the money agrees: what was captured and not refunded is the sum of the paid orders, and that is sold', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { events, world, settleAll } = play(steps);
        settleAll();
        const paid = orderChanges(events).filter(({ status }) => status === 'paid');
        const totals = paid.map(({ orderId }) => world.orders.get(orderId)?.totals.totalMinor ?? Number.NaN);
        expect(world.capturedMinor() - world.refundedMinor()).toBe(sum(totals));
        const units = paid.flatMap(({ orderId }) => world.orders.get(orderId)?.items ?? []);
        expect(world.soldUnits()).toBe(sum(units.map((unit) => unit.quantity)));
      }),
      runs,
    );
  });

  it('an order ends before the next one waits for its payment: one is open at most', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { events, drain } = play(steps);
        drain();
        let cart: Cart | undefined;
        for (const event of events) {
          cart = evolve(cart, event);
          const open = cart.orders.filter(({ status }) => status === 'awaiting_payment');
          expect(open.length).toBeLessThanOrEqual(1);
          if (cart.status === 'awaiting_payment') expect(open[0]?.orderId).toBe(cart.orderId);
        }
      }),
      runs,
    );
  });

  it('replaying the events gives the same cart', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { cartLog, events, drain } = play(steps);
        drain();
        const replayed = events.reduce<Cart | undefined>(evolve, undefined);
        expect(replayed).toEqual(cartLog.cart);
        expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
      }),
      runs,
    );
  });
});

const keyOf = (cart: Cart, itemId: string): string =>
  cart.holds.find((hold) => hold.itemId === itemId && hold.status === 'held')?.key ?? 'none';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
