import { isLive, liveHold, type Cart, type Line, type LiveHold } from './cart.ts';
import type { Fact } from './events.ts';

/** Compares what is held with what is wanted; the facts say what to ask of the reservation service next. */
export function reconcile(cart: Cart): Fact[] {
  const wanted = cart.status === 'abandoned' || cart.status === 'completed' ? [] : cart.lines;
  const unwanted = cart.holds.filter(
    (hold): hold is LiveHold => isLive(hold) && !wanted.some((line) => line.itemId === hold.itemId),
  );
  return [...unwanted.map(release), ...wanted.flatMap((line) => missing(cart, line))];
}

/** Above it a cart waits for releases to be confirmed before it asks for more: lines added and cleared in haste. */
const holdsAtMost = 300;

function missing(cart: Cart, line: Line): Fact[] {
  if (line.refusal || cart.holds.length >= holdsAtMost) return [];
  const { itemId, name: item, quantity } = line;
  const hold = liveHold(cart, itemId);
  if (!hold) {
    const key = reservationKey(cart.cartId, itemId, line.attempts + 1);
    return [{ type: 'ReservationRequested', key, itemId, item, quantity }];
  }
  if (hold.status !== 'held' || hold.quantity === quantity) return [];
  return [{ type: 'AdjustmentRequested', key: hold.key, quantity }];
}

function release(hold: LiveHold): Fact {
  const { key, itemId, item } = hold;
  const reservationId = hold.status === 'reserving' ? null : hold.reservationId;
  return { type: 'ReleaseRequested', key, itemId, item, reservationId };
}

/** Idempotency key of one reservation: the same for every retry, in every process. */
export function reservationKey(cartId: string, itemId: string, attempt: number): string {
  return `${cartId}.${itemId}.${attempt}`;
}

export const keyOfAdjustment = (key: string, adjustments: number): string => `${key}.q${adjustments}`;
