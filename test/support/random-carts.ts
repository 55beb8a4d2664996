import fc from 'fast-check';
import { limits, type Cart, type MergeRule } from '../../src/domain/cart.ts';
import { createCartLog, openCart, reopenCart, type CartLog } from '../../src/domain/cart-log.ts';
import type { ShopperCommand } from '../../src/domain/commands.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import type { CartEvent } from '../../src/domain/events.ts';
import type { CartSave } from '../../src/domain/persistence.ts';
import { claimBy, receivedBy, servicesOf } from './claim-scenario.ts';
import { addItem, checkout, envelope, item, openedAt, ttlMs } from './cart-scenario.ts';
import { createWorld } from './world.ts';

type Mode = 'yes' | 'refused' | 'noAnswer';

type Step =
  | { do: 'command'; command: ShopperCommand }
  | { do: 'answer'; pick: number; with: Mode }
  /** Every call under way at once, so that checkouts get somewhere. */
  | { do: 'answerAll' }
  | { do: 'pay'; pick: number; success: boolean }
  | { do: 'news'; pick: number }
  | { do: 'expire'; early: boolean }
  /** Before the cart's deadline: holds that are old enough are let go. */
  | { do: 'clock' }
  | { do: 'save' }
  | { do: 'carryOver' }
  /** A guest's cart is claimed. `late`: what it asked for is answered when it has handed over. */
  | { do: 'claim'; lines: [string, number][]; merge: MergeRule; with: Mode; late: boolean }
  | { do: 'nextLife'; ttlMs: number };

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
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'clock' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'save' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'carryOver' }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('claim' as const),
      lines: fc.uniqueArray(fc.tuple(name, quantity), { maxLength: 3, selector: ([n]) => n }),
      merge: fc.constantFrom<MergeRule>('sum', 'max'),
      with: mode,
      late: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(ttlMs, 2 * ttlMs).map((ms): Step => nextLife(ms)) },
);

const stepMs = 100_000;
const rules = { holdMaxAgeMs: 30_000 };

const nextLife = (ms: number): Step => ({ do: 'nextLife', ttlMs: ms });

/** What may happen to a cart. Long ones: by default fast-check stops at about ten steps. */
export const journey = fc.array(step, { maxLength: 80, size: 'max' });

/** As the API does it: a new id for each line that is added, and clients that name the lines they see. */
function withIds(wanted: ShopperCommand, cart: Cart, index: number): ShopperCommand {
  if (wanted.type === 'addItem') {
    return { ...wanted, items: wanted.items.map((one, n) => ({ ...one, itemId: `id-${index}-${n}` })) };
  }
  if (!('itemId' in wanted)) return wanted;
  const line = cart.lines.find(({ name: n }) => `id-${n}` === wanted.itemId);
  return line ? { ...wanted, itemId: line.itemId } : wanted;
}

const chosen = <T>(list: readonly T[], index: number): T | undefined =>
  list[index % Math.max(list.length, 1)];

/**
 * Plays a cart's life in memory. `saves` is what the read model gets of it by the last `drain`, `events` all that
 * is in them, `states` the cart after each step.
 */
export function play(steps: readonly Step[], cartId = 'cart1') {
  let cartLog = createCartLog(openCart({ cartId, currency: 'EUR', ttlMs }, openedAt), rules);
  const world = createWorld();
  const guests: CartLog[] = [];
  const saves: CartSave[] = [];
  const events: CartEvent[] = [];
  const states: Cart[] = [];
  let now = openedAt;
  const drain = () => {
    for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) {
      saves.push(save);
      events.push(...save.events);
      cartLog.saved(save);
    }
  };

  function answerAll(log: CartLog) {
    for (const effect of servicesOf(log.cart)) log.settle(effect, world.call(effect, 'yes', true), now);
  }

  function claim({ lines, merge, with: answeredBy, late }: Step & { do: 'claim' }, index: number) {
    const guestId = `guest${index}`;
    const guest = createCartLog(openCart({ cartId: guestId, currency: 'EUR', ttlMs }, now));
    const items = lines.map(([n, q], line) => ({ ...item(n, q, 7), itemId: `id-${index}-${line}` }));
    guest.handle(envelope(addItem(...items)), now);
    const asked = servicesOf(guest.cart);
    const answer = () => {
      for (const [at, effect] of asked.entries())
        guest.settle(effect, world.call(effect, answeredBy, at % 2 === 0), now);
    };
    if (!late) answer();
    guest.handle(envelope(claimBy(cartId, merge)), now);
    const [handOver] = effectsOf(guest.cart).filter((effect) => effect.type === 'handOver');
    if (handOver) cartLog.handle(receivedBy(handOver), now);
    if (late) answer();
    if (handOver) guest.settle(handOver, { status: 'done' }, now);
    guests.push(guest);
  }

  function take(current: Step, index: number) {
    switch (current.do) {
      case 'command':
        return cartLog.handle(envelope(withIds(current.command, cartLog.cart, index)), now);
      case 'answer': {
        const effect = chosen(servicesOf(cartLog.cart), current.pick);
        return effect && cartLog.settle(effect, world.call(effect, current.with, index % 2 === 0), now);
      }
      case 'answerAll':
        return answerAll(cartLog);
      case 'pay':
        return world.pay(chosen(world.payable(), current.pick), current.success);
      case 'news': {
        // Any news, again and in any order.
        const news = chosen(world.news, current.pick);
        return news && cartLog.handle(envelope(news), now);
      }
      case 'claim':
        return claim(current, index);
      case 'expire':
        return cartLog.tick(now, { early: current.early });
      case 'clock':
        return cartLog.tick(now - stepMs / 2);
      case 'save':
        return drain();
      case 'carryOver':
        cartLog = createCartLog(JSON.parse(JSON.stringify(cartLog.toState())), rules);
        return;
      case 'nextLife': {
        drain();
        const { cart, recentOperations } = cartLog.toState();
        cartLog = createCartLog(reopenCart({ cart, recentOperations }, { ttlMs: current.ttlMs }, now), rules);
      }
    }
  }

  steps.forEach((current, index) => {
    now += stepMs;
    take(current, index);
    states.push(cartLog.cart);
  });
  /** All news arrive, and every service says yes until the cart wants nothing more. */
  const settleAll = () => {
    for (const news of world.news) cartLog.handle(envelope(news), now);
    const all = [cartLog, ...guests];
    for (let round = 0; round < 40; round += 1) {
      if (all.every(({ cart }) => effectsOf(cart).length === 0)) return drain();
      for (const log of all) answerAll(log);
    }
    throw new Error('The cart does not come to rest');
  };
  return { cartLog, guests, world, saves, events, states, drain, settleAll };
}
