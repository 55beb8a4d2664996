import type { PaymentNews } from '../../src/domain/commands.ts';
import type {
  Effect,
  HandOverEffect,
  HoldEffect,
  PaymentEffect,
  PlaceOrderEffect,
} from '../../src/domain/effects.ts';
import type { EffectResult } from '../../src/domain/effect-result.ts';
import type { PlacedOrder } from '../../src/domain/order.ts';
import { paymentIdOf, placed } from './cart-scenario.ts';

const noAnswer: EffectResult = { status: 'failed', reason: 'no answer' };
const done: EffectResult = { status: 'done' };
/** To whom a claimed cart hands over is not this world's. */
type Call = Exclude<Effect, HandOverEffect>;

/** The other services with books of their own, kept by other code than the cart's. */
export function createWorld() {
  const held = new Map<string, number>();
  const sold = new Map<string, number>();
  const releasedKeys = new Set<string>();
  /** Whether a call was granted: the same again, late or of another cart, changes nothing and is answered so. */
  const granted = new Map<string, boolean>();
  const orders = new Map<string, PlacedOrder>();
  const payments = new Map<
    string,
    { amountMinor: number; state: 'pending' | 'captured' | 'ended' | 'refunded' }
  >();
  const cancelledOrders = new Set<string>();
  const news: PaymentNews[] = [];

  function onHold(effect: HoldEffect, refused: boolean, takesEffect: boolean): EffectResult {
    switch (effect.type) {
      case 'release':
        if (!takesEffect) return noAnswer;
        releasedKeys.add(effect.key);
        held.delete(effect.key);
        return done;
      case 'commit':
        if (!takesEffect) return noAnswer;
        if (!sold.has(effect.key)) sold.set(effect.key, held.get(effect.key) ?? Number.NaN);
        held.delete(effect.key);
        return done;
      default:
        if (!granted.has(effect.id) && (refused || takesEffect)) {
          const isGone = releasedKeys.has(effect.key) || sold.has(effect.key);
          if (!refused && !isGone) held.set(effect.key, effect.quantity);
          granted.set(effect.id, !refused);
        }
        if (!(granted.get(effect.id) ?? true)) return { status: 'unavailable', reason: 'out of stock' };
        return effect.type === 'adjust' ? done : { status: 'reserved', reservationId: `r-${effect.key}` };
    }
  }

  function placeOrder({ draft }: PlaceOrderEffect, refused: boolean): EffectResult {
    if (refused && !orders.has(draft.orderId)) return { status: 'unknown_product', names: [] };
    const order = orders.get(draft.orderId) ?? placed(draft);
    orders.set(draft.orderId, order);
    return { status: 'placed', order };
  }

  function onPayment(effect: PaymentEffect, refused: boolean): EffectResult {
    switch (effect.type) {
      case 'requestPayment': {
        if (refused || cancelledOrders.has(effect.orderId)) return { status: 'refused', reason: 'no' };
        const paymentId = paymentIdOf(effect.orderId);
        if (!payments.has(effect.orderId)) {
          payments.set(effect.orderId, { amountMinor: effect.amountMinor, state: 'pending' });
        }
        return { status: 'requested', paymentId, url: null };
      }
      case 'cancelPayment': {
        cancelledOrders.add(effect.orderId);
        const payment = payments.get(effect.orderId);
        if (payment?.state === 'pending') payment.state = 'ended';
        return done;
      }
      case 'refund': {
        const payment = payments.get(effect.orderId);
        if (payment?.state === 'captured') payment.state = 'refunded';
        return done;
      }
    }
  }

  function total(state: string): number {
    const amounts = [...payments.values()].filter((payment) => payment.state === state);
    return amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  }

  return {
    held,
    orders,
    news,
    /** `noAnswer` takes effect half of the time: the worst case for the cart. */
    call(effect: Call, mode: 'yes' | 'refused' | 'noAnswer', takesEffect: boolean): EffectResult {
      const refused = mode === 'refused';
      const happens = mode === 'yes' || takesEffect;
      if (effect.type === 'placeOrder' || isPayment(effect)) {
        if (mode === 'noAnswer' && !takesEffect) return noAnswer;
        const answer = isPayment(effect) ? onPayment(effect, refused) : placeOrder(effect, refused);
        return mode === 'noAnswer' ? noAnswer : answer;
      }
      const answer = onHold(effect, refused, happens);
      return mode === 'noAnswer' ? noAnswer : answer;
    },
    payable: () => [...payments.keys()].filter((orderId) => payments.get(orderId)?.state === 'pending'),
    pay(orderId: string | undefined, success: boolean) {
      const payment = orderId === undefined ? undefined : payments.get(orderId);
      if (!payment || orderId === undefined) return;
      payment.state = success ? 'captured' : 'ended';
      const { amountMinor } = payment;
      const paymentId = paymentIdOf(orderId);
      news.push(
        success
          ? { type: 'paymentSucceeded', orderId, paymentId, amountMinor }
          : { type: 'paymentFailed', orderId, paymentId },
      );
    },
    capturedMinor: () => total('captured') + total('refunded'),
    refundedMinor: () => total('refunded'),
    soldUnits: () => [...sold.values()].reduce((sum, quantity) => sum + quantity, 0),
  };
}

const isPayment = (effect: Call): effect is PaymentEffect =>
  effect.type === 'requestPayment' || effect.type === 'cancelPayment' || effect.type === 'refund';
