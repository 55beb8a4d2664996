import type { Cart } from './cart.ts';
import { findOrder } from './cart-orders.ts';
import type { AdjustEffect, CommitEffect, ReserveEffect } from './effects.ts';
import type { Fact } from './events.ts';
import { keyOfAdjustment } from './reconcile.ts';
import type { EffectResult } from './effect-result.ts';

export function settleReservation(cart: Cart, effect: ReserveEffect, result: EffectResult): Fact[] {
  const { key, itemId, item } = effect;
  const hold = cart.holds.find((candidate) => candidate.key === key);
  const waiting = hold?.status === 'reserving';
  switch (result.status) {
    case 'reserved': {
      const { reservationId } = result;
      if (waiting) return [{ type: 'ReservationConfirmed', key, reservationId, ...expiry(result) }];
      // The cart that it went to has asked under the same key, and has the same answer.
      if (wasMoved(cart, key)) return [];
      // The line went away meanwhile, and its release by key may be through already: release by id to be sure.
      return hold ? [] : [{ type: 'ReleaseRequested', key, itemId, item, reservationId }];
    }
    case 'unavailable':
      return waiting ? [{ type: 'ReservationRefused', key, reason: result.reason }] : [];
    case 'failed':
      return waiting ? [{ type: 'ReservationFailed', key, reason: result.reason }] : [];
    default:
      return [];
  }
}

function wasMoved(cart: Cart, key: string): boolean {
  if (cart.status === 'claiming') return cart.parcel.holds.some((hold) => hold.key === key);
  return cart.status === 'claimed' && cart.moved.keys.includes(key);
}

export function settleAdjustment(cart: Cart, effect: AdjustEffect, result: EffectResult): Fact[] {
  const { key, adjustmentKey } = effect;
  const hold = cart.holds.find((candidate) => candidate.key === key);
  if (hold?.status !== 'adjusting' || keyOfAdjustment(key, hold.adjustments) !== adjustmentKey) return [];
  switch (result.status) {
    case 'done':
      return [{ type: 'AdjustmentConfirmed', key, ...expiry(result) }];
    case 'unavailable':
      return [{ type: 'AdjustmentRefused', key, reason: result.reason }];
    case 'gone':
      return [{ type: 'HoldLost', key }];
    case 'failed':
      return [{ type: 'AdjustmentFailed', key, reason: result.reason }];
    default:
      return [];
  }
}

/** Paid and not to be had any more: the money goes back. */
export function settleCommit(cart: Cart, { key, orderId }: CommitEffect, result: EffectResult): Fact[] {
  if (result.status === 'done') return [{ type: 'HoldCommitted', key }];
  if (result.status !== 'gone') return [];
  const order = findOrder(cart, orderId);
  const lost: Fact = { type: 'HoldLost', key };
  if (order?.status !== 'paid' || order.paymentId === null) return [lost];
  const { paymentId, totalMinor: amountMinor } = order;
  return [lost, { type: 'RefundRequested', orderId, paymentId, amountMinor }];
}

const expiry = ({ expiresAt }: { expiresAt?: number }): { expiresAt?: number } =>
  expiresAt === undefined ? {} : { expiresAt };
