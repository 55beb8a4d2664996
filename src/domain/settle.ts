import type { Cart } from './cart.ts';
import type { Fact } from './events.ts';
import { keyOfAdjustment, type AdjustEffect, type Effect, type ReserveEffect } from './reconcile.ts';

/** How a call to the reservation service ended. `failed`: no answer within its whole retry budget. */
export type EffectResult =
  | { status: 'reserved'; reservationId: string }
  | { status: 'done' }
  | { status: 'unavailable'; reason: string }
  | { status: 'failed'; reason: string };

/** What an effect's result makes of the cart. A result that nobody waits for any more leaves nothing held. */
export function settle(cart: Cart, effect: Effect, result: EffectResult): Fact[] {
  switch (effect.type) {
    case 'reserve':
      return settleReservation(cart, effect, result);
    case 'adjust':
      return settleAdjustment(cart, effect, result);
    case 'release':
      return result.status === 'done' ? [{ type: 'ReleaseConfirmed', key: effect.key }] : [];
  }
}

function settleReservation(cart: Cart, { key, itemId, item }: ReserveEffect, result: EffectResult): Fact[] {
  const hold = cart.holds.find((candidate) => candidate.key === key);
  const waiting = hold?.status === 'reserving';
  switch (result.status) {
    case 'reserved': {
      const { reservationId } = result;
      if (waiting) return [{ type: 'ReservationConfirmed', key, reservationId }];
      // The line went away meanwhile, and its release by key may be through already: release by id to be sure.
      return hold ? [] : [{ type: 'ReleaseRequested', key, itemId, item, reservationId }];
    }
    case 'unavailable':
      return waiting ? [{ type: 'ReservationRefused', key, reason: result.reason }] : [];
    case 'failed':
      return waiting ? [{ type: 'ReservationFailed', key, reason: result.reason }] : [];
    case 'done':
      return [];
  }
}

function settleAdjustment(cart: Cart, { key, adjustmentKey }: AdjustEffect, result: EffectResult): Fact[] {
  const hold = cart.holds.find((candidate) => candidate.key === key);
  if (hold?.status !== 'adjusting' || keyOfAdjustment(key, hold.adjustments) !== adjustmentKey) return [];
  switch (result.status) {
    case 'done':
      return [{ type: 'AdjustmentConfirmed', key }];
    case 'unavailable':
      return [{ type: 'AdjustmentRefused', key, reason: result.reason }];
    case 'failed':
      return [{ type: 'AdjustmentFailed', key, reason: result.reason }];
    case 'reserved':
      return [];
  }
}
