import type { Cart, Line, MergeRule } from '../../src/domain/cart.ts';
import { receiveOperationId, type ClaimCart } from '../../src/domain/commands.ts';
import { effectsOf, type Effect, type HandOverEffect } from '../../src/domain/effects.ts';
import { envelope, openedAt } from './cart-scenario.ts';

export const claimBy = (toCartId: string, merge: MergeRule = 'sum'): ClaimCart => ({
  type: 'claim',
  toCartId,
  merge,
});

/** What the user's cart gets of a hand-over. */
export function receivedBy(handOver: HandOverEffect) {
  const { type: _, id: __, toCartId: ___, ...parcel } = handOver;
  return envelope({ type: 'receive', ...parcel }, receiveOperationId(parcel.fromCartId));
}

/** Calls to the services, without those to other carts. */
export const servicesOf = (cart: Cart): Exclude<Effect, HandOverEffect>[] =>
  effectsOf(cart).filter((effect) => effect.type !== 'handOver');

/** A line as a guest's cart hands it over. */
export const aLine = (itemId: string, name: string, quantity = 1): Line => {
  const times = { addedAt: openedAt, changedAt: openedAt };
  return { itemId, name, quantity, unitPriceMinor: 100, ...times, attempts: 0, refusal: null };
};
