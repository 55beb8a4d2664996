import { liveHold, type Cart, type Hold, type Line } from './cart.ts';
import type { Fact } from './events.ts';

/** Compares what is held with what is wanted; the facts say what to ask of the reservation service next. */
export function reconcile(cart: Cart): Fact[] {
  const wanted = cart.status === 'active' ? cart.lines : [];
  const unwanted = cart.holds.filter(
    (hold) => hold.status !== 'releasing' && !wanted.some((line) => line.itemId === hold.itemId),
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

function release(hold: Hold): Fact {
  const { key, itemId, item } = hold;
  const reservationId = 'reservationId' in hold ? hold.reservationId : null;
  return { type: 'ReleaseRequested', key, itemId, item, reservationId };
}

/** Idempotency key of one reservation: the same for every retry, in every process. */
export function reservationKey(cartId: string, itemId: string, attempt: number): string {
  return `${cartId}.${itemId}.${attempt}`;
}

/** A call to the reservation service that a hold in transit needs. `id` tells it from every other call of the cart. */
export type Effect = ReserveEffect | AdjustEffect | ReleaseEffect;

interface EffectCore {
  id: string;
  key: string;
  itemId: string;
  item: string;
}

export interface ReserveEffect extends EffectCore {
  type: 'reserve';
  quantity: number;
}

export interface AdjustEffect extends EffectCore {
  type: 'adjust';
  adjustmentKey: string;
  reservationId: string;
  quantity: number;
}

export interface ReleaseEffect extends EffectCore {
  type: 'release';
  reservationId: string | null;
}

/** Every call that should be under way: none remembers whether it is, so a restart simply asks again. */
export function effectsOf(cart: Cart): Effect[] {
  return cart.holds.flatMap((hold): Effect[] => {
    const { key, itemId, item } = hold;
    const call = (id: string) => ({ id, key, itemId, item });
    switch (hold.status) {
      case 'reserving':
        return [{ type: 'reserve', ...call(`reserve ${key}`), quantity: hold.quantity }];
      case 'adjusting': {
        const { reservationId, toQuantity: quantity } = hold;
        const adjustmentKey = keyOfAdjustment(key, hold.adjustments);
        return [
          { type: 'adjust', ...call(`adjust ${adjustmentKey}`), adjustmentKey, reservationId, quantity },
        ];
      }
      case 'releasing':
        return [{ type: 'release', ...call(`release ${key}`), reservationId: hold.reservationId }];
      case 'held':
        return [];
    }
  });
}

export const keyOfAdjustment = (key: string, adjustments: number): string => `${key}.q${adjustments}`;
