import { heldSinceOf, type Cart } from './cart.ts';
import { isPlacing, liveOrder } from './cart-orders.ts';
import type { Fact } from './events.ts';

export interface HoldRules {
  /** How long units may be held before the shopper has to ask again; without it, as long as the cart is alive. */
  holdMaxAgeMs?: number;
}

/** When the cart has to act by itself next, if nothing else happens; ms since the epoch. */
export function dueAt(cart: Cart, rules: HoldRules = {}): number | undefined {
  const instants = [deadlineOf(cart), ...holdClocks(cart, rules).map(({ at }) => at)];
  return instants.reduce<number | undefined>(earlier, undefined);
}

/** Holds that are let go, and those that are renewed because the service would end them before long. */
export function dueOnHolds(cart: Cart, now: number, rules: HoldRules): Fact[] {
  return holdClocks(cart, rules).flatMap(({ at, fact }) => (at <= now ? [fact] : []));
}

function deadlineOf(cart: Cart): number | undefined {
  switch (cart.status) {
    case 'active':
      return cart.expiresAt;
    case 'checking_out':
      return isPlacing(cart) ? undefined : cart.checkout.giveUpAt;
    case 'awaiting_payment':
      return liveOrder(cart)?.payBy;
    case 'completed':
    case 'abandoned':
    case 'claiming':
    case 'claimed':
      return undefined;
  }
}

const lapsedReason =
  'Held for as long as is possible. The same quantity again, or a checkout, reserves it anew.';

interface HoldClock {
  at: number;
  fact: Fact;
}

/** One clock a hold: where its end is nearer than its renewal, it is not renewed any more. */
function holdClocks(cart: Cart, { holdMaxAgeMs }: HoldRules): HoldClock[] {
  return cart.holds.flatMap((hold): HoldClock[] => {
    if (hold.status !== 'held') return [];
    const { key, quantity, renewAt } = hold;
    // A checkout bounds how long it holds by itself, and so does an order.
    const lapses = cart.status === 'active' && holdMaxAgeMs !== undefined;
    const lapsesAt = lapses ? heldSinceOf(hold) + holdMaxAgeMs : Infinity;
    if (quantity !== null && typeof renewAt === 'number' && renewAt < lapsesAt) {
      return [{ at: renewAt, fact: { type: 'AdjustmentRequested', key, quantity } }];
    }
    return lapses ? [{ at: lapsesAt, fact: { type: 'HoldLapsed', key, reason: lapsedReason } }] : [];
  });
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
