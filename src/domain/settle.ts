import type { Cart } from './cart.ts';
import { liveOrder } from './cart-orders.ts';
import type { Effect, HoldEffect, PaymentEffect, RequestPaymentEffect } from './effects.ts';
import type { Fact } from './events.ts';
import type { PlacedOrder, PriceChange } from './order.ts';
import { settleAdjustment, settleCommit, settleReservation } from './settle-holds.ts';
import { settlePlacing } from './settle-placing.ts';

/** How a call to another service ended. `failed`: no answer within its whole retry budget. */
export type EffectResult =
  | { status: 'reserved'; reservationId: string; expiresAt?: number }
  /** `expiresAt`: of an adjusted hold, ms since the epoch, where the service ends it by itself. */
  | { status: 'done'; expiresAt?: number }
  | { status: 'unavailable'; reason: string }
  /** The reservation service has ended the hold by itself. */
  | { status: 'gone' }
  | { status: 'placed'; order: PlacedOrder }
  | { status: 'repriced'; changes: readonly PriceChange[] }
  | { status: 'unknown_product'; names: readonly string[] }
  | { status: 'requested'; paymentId: string; url: string | null }
  | { status: 'refused'; reason: string }
  | { status: 'failed'; reason: string };

/** What an effect's result makes of the cart. A result that nobody waits for any more leaves nothing held. */
export function settle(cart: Cart, effect: Effect, result: EffectResult, at: number): Fact[] {
  switch (effect.type) {
    case 'placeOrder':
      return settlePlacing(cart, effect, result, at);
    case 'requestPayment':
    case 'cancelPayment':
    case 'refund':
      return settlePayment(cart, effect, result);
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

function settlePayment(cart: Cart, effect: PaymentEffect, result: EffectResult): Fact[] {
  const { orderId } = effect;
  if (effect.type === 'requestPayment') return settlePaymentRequest(cart, effect, result);
  if (result.status !== 'done') return [];
  if (effect.type === 'cancelPayment') return [{ type: 'PaymentCancelled', orderId }];
  return [{ type: 'PaymentRefunded', orderId, paymentId: effect.paymentId }];
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
