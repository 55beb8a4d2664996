import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, type Cart } from '../../src/domain/cart.ts';
import { createCartLog, type CartLog } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import type { ShopperCommand } from '../../src/domain/commands.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { CartEvent } from '../../src/domain/events.ts';
import { effectsOf, type Effect } from '../../src/domain/effects.ts';
import { reconcile } from '../../src/domain/reconcile.ts';
import type { EffectResult } from '../../src/domain/settle.ts';
import { addItem, envelope, item, newCartLog, openedAt, yes } from '../support/cart-scenario.ts';

type Step =
  | { do: 'command'; command: ShopperCommand }
  | { do: 'answer'; pick: number; with: 'yes' | 'outOfStock' | 'noAnswer' }
  | { do: 'expire' }
  | { do: 'carryOver' };

const names = ['apple', 'pear', 'plum', 'fig'];
const name = fc.constantFrom(...names);
const quantity = fc.integer({ min: 1, max: limits.quantityPerLine });

const command: fc.Arbitrary<ShopperCommand> = fc.oneof(
  fc
    .array(fc.tuple(name, quantity, fc.integer({ min: 0, max: 9_999 })), { minLength: 1, maxLength: 3 })
    .map((items) => addItem(...items.map(([n, q, price]) => item(n, q, price)))),
  fc.record({ type: fc.constant('changeQuantity' as const), itemId: name.map((n) => `id-${n}`), quantity }),
  fc.record({ type: fc.constant('removeItem' as const), itemId: name.map((n) => `id-${n}`) }),
  fc.constant({ type: 'clearItems' as const }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: command.map((c): Step => ({ do: 'command', command: c })) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      pick: fc.nat(9),
      with: fc.constantFrom('yes' as const, 'outOfStock' as const, 'noAnswer' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'expire' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'carryOver' }) },
);

/** A reservation service of its own books: what it holds, by key, and the keys it must never honour again. */
function createService() {
  const held = new Map<string, number>();
  const tombstones = new Set<string>();
  return {
    held,
    /** `noAnswer` takes effect half of the time: the worst case for the cart. */
    call(effect: Effect, mode: 'yes' | 'outOfStock' | 'noAnswer', takesEffect: boolean): EffectResult {
      if (effect.type === 'release') {
        if (mode !== 'yes') return { status: 'failed', reason: 'no answer' };
        tombstones.add(effect.key);
        held.delete(effect.key);
        return { status: 'done' };
      }
      if (mode === 'outOfStock') return { status: 'unavailable', reason: 'out of stock' };
      if (!tombstones.has(effect.key) && (mode === 'yes' || takesEffect))
        held.set(effect.key, effect.quantity);
      if (mode === 'noAnswer') return { status: 'failed', reason: 'no answer' };
      return yes(effect);
    },
  };
}

function play(steps: readonly Step[]) {
  let cartLog: CartLog = newCartLog();
  const service = createService();
  const events: CartEvent[] = [];
  let now = openedAt;
  const drain = () => {
    for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) {
      events.push(...save.events);
      cartLog.saved(save);
    }
  };
  steps.forEach((current, index) => {
    now += 1_000;
    switch (current.do) {
      case 'command':
        return cartLog.handle(envelope(current.command), now);
      case 'answer': {
        const wanted = effectsOf(cartLog.cart);
        const effect = wanted[current.pick % Math.max(wanted.length, 1)];
        return effect && cartLog.settle(effect, service.call(effect, current.with, index % 2 === 0), now);
      }
      case 'expire':
        return cartLog.tick(now, { early: true });
      case 'carryOver':
        drain();
        cartLog = createCartLog(JSON.parse(JSON.stringify(cartLog.toState())));
    }
  });
  return { cartLog, service, events, drain };
}

/** Lets the service answer yes until the cart wants nothing more. */
function settleAll(cartLog: CartLog, service: ReturnType<typeof createService>) {
  for (let round = 0; round < 20; round += 1) {
    const wanted = effectsOf(cartLog.cart);
    if (wanted.length === 0) return;
    for (const effect of wanted) cartLog.settle(effect, service.call(effect, 'yes', true), openedAt);
  }
  throw new Error('The cart does not come to rest');
}

const runs = { numRuns: 400, seed: 20_261_124 };

describe('over any sequence of commands and answers', () => {
  it('totals equal the sum of the lines, and quantities stay within bounds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
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
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { cartLog, service } = play(steps);
        settleAll(cartLog, service);
        const { cart } = cartLog;
        expect(reconcile(cart)).toEqual([]);
        const wanted = cart.status === 'active' ? cart.lines.filter((line) => !line.refusal) : [];
        for (const line of wanted) expect(service.held.get(keyOf(cart, line.itemId))).toBe(line.quantity);
        // A refused line may keep what it held before; nothing else is held.
        const known = new Set(cart.holds.map(({ key }) => key));
        expect([...service.held.keys()].filter((key) => !known.has(key))).toEqual([]);
      }),
      runs,
    );
  });

  it('replaying the events gives the same cart', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
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
