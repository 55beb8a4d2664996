import type { Cart } from './cart.ts';
import { liveOrder } from './cart-orders.ts';
import type { Effect, HandOverEffect, HoldEffect, PaymentEffect, RequestPaymentEffect } from './effects.ts';
import type { Fact } from './events.ts';
import type { EffectResult } from './effect-result.ts';
import { settleAdjustment, settleCommit, settleReservation } from './settle-holds.ts';
import { settlePlacing } from './settle-placing.ts';

/** What an effect's result makes of the cart. A result that nobody waits for any more leaves nothing held. */
export function settle(cart: Cart, effect: Effect, result: EffectResult, at: number): Fact[] {
  switch (effect.type) {
    case 'placeOrder':
      return settlePlacing(cart, effect, result, at);
    case 'requestPayment':
    case 'cancelPayment':
    case 'refund':
      return settlePayment(cart, effect, result);
    case 'handOver':
      return settleHandOver(cart, effect, result);
    default:
      return settleHold(cart, effect, result);
  }
}

function settleHold(cart: Cart, effect: HoldEffect, result: EffectResult): Fact[] {
  switch (effect.type) {
    case 'reserve':
      return settleReservation(cart, effect, result);
    case 'adjust':
      return settleAdjustment(cart, effect, result);
    case 'release':
      return result.status === 'done' ? [{ type: 'ReleaseConfirmed', key: effect.key }] : [];
    case 'commit':
      return settleCommit(cart, effect, result);
  }
}

function settleHandOver(cart: Cart, { toCartId }: HandOverEffect, result: EffectResult): Fact[] {
  return cart.status === 'claiming' && result.status === 'done' ? [{ type: 'CartClaimed', toCartId }] : [];
}

function settlePayment(cart: Cart, effect: PaymentEffect, result: EffectResult): Fact[] {
  const { orderId } = effect;
  if (effect.type === 'requestPayment') return settlePaymentRequest(cart, effect, result);
  if (result.status !== 'done') return [];
  if (effect.type === 'cancelPayment') return [{ type: 'PaymentCancelled', orderId }];
  const { paymentId, extra } = effect;
  return [{ type: 'PaymentRefunded', orderId, paymentId, ...(extra && { extra }) }];
}

function settlePaymentRequest(cart: Cart, { orderId }: RequestPaymentEffect, result: EffectResult): Fact[] {
  const order = liveOrder(cart);
  if (order?.orderId !== orderId || order.paymentId !== null) return [];
  switch (result.status) {
    case 'requested':
      return [{ type: 'PaymentRequested', orderId, paymentId: result.paymentId, url: result.url }];
    case 'refused':
    case 'failed':
      return [{ type: 'OrderPaymentFailed', orderId, reason: result.reason }];
    default:
      return [];
  }
}
