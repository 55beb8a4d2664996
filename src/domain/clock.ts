import type { Cart } from './cart.ts';
import { isPlacing, liveOrder } from './cart-orders.ts';
import type { Fact } from './events.ts';

/** When the cart has to act by itself next, if nothing else happens; ms since the epoch. */
export function dueAt(cart: Cart): number | undefined {
  const instants = [deadlineOf(cart), ...renewals(cart).map(({ renewAt }) => renewAt)];
  return instants.reduce<number | undefined>(earlier, undefined);
}

/** Holds that the service would end by itself before long: each is adjusted to the quantity that it has. */
export function dueRenewals(cart: Cart, now: number): Fact[] {
  return renewals(cart)
    .filter(({ renewAt }) => renewAt <= now)
    .map(({ key, quantity }) => ({ type: 'AdjustmentRequested', key, quantity }));
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

function renewals({ holds }: Cart): { key: string; quantity: number; renewAt: number }[] {
  return holds.flatMap((hold) => {
    if (hold.status !== 'held' || hold.quantity === null || typeof hold.renewAt !== 'number') return [];
    return [{ key: hold.key, quantity: hold.quantity, renewAt: hold.renewAt }];
  });
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Math.min(one, other);
}
