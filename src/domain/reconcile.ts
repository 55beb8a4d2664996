import { isLive, liveHolds, type Cart, type Line, type LiveHold } from './cart.ts';
import type { Fact } from './events.ts';

/** Compares what is held with what is wanted; the facts say what to ask of the reservation service next. */
export function reconcile(cart: Cart): Fact[] {
  const wanted = cart.status === 'abandoned' || cart.status === 'completed' ? [] : cart.lines;
  const kept = new Set([...wanted, ...(cart.waiting?.lines ?? [])].map(({ itemId }) => itemId));
  const unwanted = cart.holds.filter((hold): hold is LiveHold => isLive(hold) && !kept.has(hold.itemId));
  return [...unwanted.map(release), ...wanted.flatMap((line) => missing(cart, line))];
}

/** Above it a cart waits for releases to be confirmed before it asks for more: lines added and cleared in haste. */
const holdsAtMost = 300;

function missing(cart: Cart, line: Line): Fact[] {
  const holds = liveHolds(cart, line.itemId);
  if (line.refusal || !holds.every((hold) => hold.status === 'held')) return [];
  if (cart.holds.length >= holdsAtMost) return holds.slice(1).map(release);
  const [first] = holds;
  if (!first) return [request(cart, line)];
  // One of them makes up for the rest; one whose quantity is not known, to settle it.
  const main = holds.find(({ quantity }) => quantity === null) ?? first;
  const others = holds.reduce((sum, hold) => (hold === main ? sum : sum + (hold.quantity ?? 0)), 0);
  const share = line.quantity - others;
  if (share < 1) return [release(main)];
  return main.quantity === share ? [] : [{ type: 'AdjustmentRequested', key: main.key, quantity: share }];
}

function request({ cartId }: Cart, { itemId, name: item, quantity, attempts }: Line): Fact {
  const key = reservationKey(cartId, itemId, attempts + 1);
  return { type: 'ReservationRequested', key, itemId, item, quantity };
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
