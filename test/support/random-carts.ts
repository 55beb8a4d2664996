import fc from 'fast-check';
import { limits } from '../../src/domain/cart.ts';
import { createCartLog, openCart, reopenCart } from '../../src/domain/cart-log.ts';
import type { Cart } from '../../src/domain/cart.ts';
import type { ExternalCommand } from '../../src/domain/commands.ts';
import { effectsOf, type Effect } from '../../src/domain/effects.ts';
import type { CartSave } from '../../src/domain/persistence.ts';
import type { EffectResult } from '../../src/domain/settle.ts';
import { addItem, checkout, envelope, item, notPaid, openedAt, paid, ttlMs, yes } from './cart-scenario.ts';

type Mode = 'yes' | 'outOfStock' | 'noAnswer';

export type Step =
  | { do: 'command'; command: ExternalCommand }
  | { do: 'answer'; pick: number; with: Mode }
  /** Every service says yes to what it is asked just now. */
  | { do: 'answerAll' }
  /** Of one of the orders so far, by the payment that it waits for or by another one. */
  | { do: 'payment'; pick: number; news: 'succeeded' | 'failed'; isOther: boolean }
  | { do: 'tick'; afterMs: number }
  | { do: 'expire' }
  | { do: 'save' }
  | { do: 'carryOver' }
  | { do: 'nextLife'; ttlMs: number };

const name = fc.constantFrom('apple', 'pear', 'plum', 'fig');
const itemId = name.map((n) => `id-${n}`);
const quantity = fc.integer({ min: 1, max: limits.quantityPerLine });

const command: fc.Arbitrary<ExternalCommand> = fc.oneof(
  fc
    .array(fc.tuple(name, quantity, fc.integer({ min: 0, max: 9_999 })), { minLength: 1, maxLength: 3 })
    .map((items) => addItem(...items.map(([n, q, price]) => item(n, q, price)))),
  fc.record({ type: fc.constant('changeQuantity' as const), itemId, quantity }),
  fc.record({ type: fc.constant('removeItem' as const), itemId }),
  fc.constant({ type: 'clearItems' as const }),
  fc.constant({ type: 'touch' as const }),
  fc.constantFrom(checkout('reject'), checkout('drop')),
  fc.constant({ type: 'cancelCheckout' as const }),
);

const orderly = <S extends Step>(value: S): fc.Arbitrary<Step> => fc.constant(value);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: command.map((c): Step => ({ do: 'command', command: c })) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      pick: fc.nat(9),
      with: fc.constantFrom<Mode>('yes', 'yes', 'yes', 'outOfStock', 'noAnswer'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('payment' as const),
      pick: fc.nat(9),
      news: fc.constantFrom('succeeded' as const, 'failed' as const),
      isOther: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 300_000, 700_000).map((ms): Step => tick(ms)) },
  { weight: 4, arbitrary: orderly({ do: 'answerAll' }) },
  { weight: 1, arbitrary: orderly({ do: 'expire' }) },
  { weight: 4, arbitrary: orderly({ do: 'save' }) },
  { weight: 1, arbitrary: orderly({ do: 'carryOver' }) },
  { weight: 1, arbitrary: fc.constantFrom(ttlMs, 2 * ttlMs).map((ms): Step => nextLife(ms)) },
);

const tick = (afterMs: number): Step => ({ do: 'tick', afterMs });
const nextLife = (ms: number): Step => ({ do: 'nextLife', ttlMs: ms });

/** What may happen to a cart: commands, answers good and bad, payments late and double, time, restarts. */
export const steps: fc.Arbitrary<Step[]> = fc.array(step, { maxLength: 60, size: 'max' });

/** A reservation service of its own books: what it holds, by key, and the keys it must never honour again. */
function createService() {
  const held = new Map<string, number>();
  const tombstones = new Set<string>();

  function end(key: string, mode: Mode): EffectResult {
    if (mode === 'noAnswer') return { status: 'failed', reason: 'no answer' };
    tombstones.add(key);
    held.delete(key);
    return { status: mode === 'yes' ? 'done' : 'gone' };
  }

  return {
    held,
    /** `noAnswer` takes effect half of the time: the worst case for the cart. */
    call(effect: Effect, mode: Mode, takesEffect: boolean): EffectResult {
      switch (effect.type) {
        case 'release':
          return end(effect.key, mode === 'yes' ? 'yes' : 'noAnswer');
        case 'commit':
          return end(effect.key, mode);
        case 'reserve':
        case 'adjust': {
          if (mode === 'outOfStock') return { status: 'unavailable', reason: 'out of stock' };
          const isTaken = !tombstones.has(effect.key) && (mode === 'yes' || takesEffect);
          if (isTaken) held.set(effect.key, effect.quantity);
          return mode === 'yes' ? yes(effect) : { status: 'failed', reason: 'no answer' };
        }
        case 'placeOrder':
          if (mode === 'outOfStock') return { status: 'unknown_product', names: ['apple'] };
          return mode === 'yes' ? yes(effect) : { status: 'failed', reason: 'no answer' };
        default:
          return mode === 'yes' ? yes(effect) : { status: 'failed', reason: 'no answer' };
      }
    },
  };
}

export type Service = ReturnType<typeof createService>;

/** As the API gives them: an item that is added has an id that was never there; the others name a line by its id. */
function withIds(received: ExternalCommand, operation: number, { lines }: Cart): ExternalCommand {
  switch (received.type) {
    case 'addItem':
      return {
        ...received,
        items: received.items.map((added, index) => ({ ...added, itemId: `${operation}-${index}` })),
      };
    case 'changeQuantity':
    case 'removeItem': {
      const line = lines.find((candidate) => `id-${candidate.name}` === received.itemId);
      return { ...received, itemId: line?.itemId ?? received.itemId };
    }
    default:
      return received;
  }
}

/** Plays a cart's life in memory. `saves` is what the read model would have got, `states` the cart after each step. */
export function play(life: readonly Step[], cartId = 'cart1') {
  let cartLog = createCartLog(openCart({ cartId, currency: 'EUR', ttlMs }, openedAt));
  const service = createService();
  const saves: CartSave[] = [];
  const states: Cart[] = [];
  let now = openedAt;
  let operations = 0;

  function drain() {
    for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) {
      saves.push(save);
      cartLog.saved(save);
    }
  }
  const handle = (received: ExternalCommand) => {
    operations += 1;
    cartLog.handle(envelope(withIds(received, operations, cartLog.cart), `${cartId}-${operations}`), now);
  };

  function take(current: Step, index: number) {
    switch (current.do) {
      case 'command':
        return handle(current.command);
      case 'answer': {
        const wanted = effectsOf(cartLog.cart);
        const effect = wanted[current.pick % Math.max(wanted.length, 1)];
        return effect && cartLog.settle(effect, service.call(effect, current.with, index % 2 === 0), now);
      }
      case 'answerAll':
        for (const effect of effectsOf(cartLog.cart)) {
          cartLog.settle(effect, service.call(effect, 'yes', true), now);
        }
        return;
      case 'payment': {
        const { orders } = cartLog.cart;
        const order = orders[current.pick % Math.max(orders.length, 1)];
        if (!order) return;
        const paymentId = current.isOther ? `other-${order.orderId}` : `pay-${order.orderId}`;
        const { orderId, totalMinor } = order;
        return handle(
          current.news === 'failed' ? notPaid(orderId, paymentId) : paid(orderId, totalMinor, paymentId),
        );
      }
      case 'tick':
        now += current.afterMs;
        return cartLog.tick(now);
      case 'expire':
        return cartLog.tick(now, { early: true });
      case 'save':
        return drain();
      case 'carryOver':
        cartLog = createCartLog(JSON.parse(JSON.stringify(cartLog.toState())));
        return;
      case 'nextLife': {
        drain();
        const { cart, recentOperations } = cartLog.toState();
        cartLog = createCartLog(reopenCart({ cart, recentOperations }, { ttlMs: current.ttlMs }, now));
      }
    }
  }

  life.forEach((current, index) => {
    now += 1_000;
    take(current, index);
    states.push(cartLog.cart);
  });
  drain();
  return { cartLog, service, saves, states, events: saves.flatMap((save) => save.events) };
}
