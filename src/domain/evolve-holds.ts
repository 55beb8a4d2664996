import { heldSinceOf, liveHolds, type Cart, type Hold, type Refusal } from './cart.ts';
import type { Cause, HoldFact } from './events.ts';
import { withLine } from './evolve-lines.ts';

type HoldEvent = HoldFact & Pick<Cause, 'at'>;

export function evolveHolds(cart: Cart, event: HoldEvent): Cart {
  const { key, at } = event;
  switch (event.type) {
    case 'ReservationRequested':
      return requested(cart, event);
    case 'ReservationConfirmed':
      return withHold(cart, key, (hold) => confirmed(hold, event));
    case 'ReservationRefused':
      return refuse(withoutHold(cart, key), askedFor(cart, key), unavailable(event));
    case 'ReservationFailed':
      return refuse(releasing(cart, key, at), askedFor(cart, key), failed(event));
    case 'AdjustmentRequested':
      return withHold(cart, key, (hold) => adjusting(cart, hold, event.quantity));
    case 'AdjustmentConfirmed':
      return withHold(cart, key, (hold) => adjusted(hold, event));
    case 'AdjustmentRefused':
      return refuse(
        withHold(cart, key, (hold) => notAdjusted(hold, 'unchanged')),
        askedFor(cart, key),
        unavailable(event),
      );
    case 'AdjustmentFailed':
      return refuse(
        withHold(cart, key, (hold) => notAdjusted(hold, 'unknown')),
        askedFor(cart, key),
        failed(event),
      );
    case 'ReleaseRequested':
      return releaseRequested(cart, event);
    case 'HoldLapsed':
      return lapsed(cart, event);
    case 'ReleaseConfirmed':
    case 'HoldCommitted':
    case 'HoldLost':
      return withoutHold(cart, key);
  }
}

function requested(cart: Cart, event: HoldEvent & { type: 'ReservationRequested' }): Cart {
  const { key, itemId, item, quantity, at } = event;
  const hold: Hold = { status: 'reserving', key, itemId, item, quantity, since: at };
  const counted = withLine(cart, itemId, (line) => ({ ...line, attempts: line.attempts + 1 }));
  return { ...counted, holds: [...cart.holds, hold] };
}

function confirmed(hold: Hold, event: HoldEvent & { type: 'ReservationConfirmed' }): Hold {
  if (hold.status !== 'reserving') return hold;
  const { reservationId, at } = event;
  return { ...hold, status: 'held', reservationId, adjustments: 0, since: at, ...renewal(event) };
}

/** Half of the time that the service gives is left for the renewal and its retries. */
function renewal({ expiresAt, at }: { expiresAt?: number; at: number }): { renewAt?: number } {
  return expiresAt === undefined ? {} : { renewAt: at + Math.max(expiresAt - at, 0) / 2 };
}

function adjusting(cart: Cart, hold: Hold, toQuantity: number): Hold {
  if (hold.status !== 'held') return hold;
  const shared = liveHolds(cart, hold.itemId).length > 1;
  const line = [...cart.lines, ...(cart.waiting?.lines ?? [])].find(({ itemId }) => itemId === hold.itemId);
  const forLine = shared && line ? { forLine: line.quantity } : {};
  return { ...hold, status: 'adjusting', toQuantity, adjustments: hold.adjustments + 1, ...forLine };
}

function adjusted(hold: Hold, event: HoldEvent & { type: 'AdjustmentConfirmed' }): Hold {
  if (hold.status !== 'adjusting') return hold;
  const { toQuantity, renewAt: _, forLine: __, ...rest } = hold;
  const held = { ...rest, status: 'held', quantity: toQuantity, ...renewal(event) } as const;
  return hold.quantity === toQuantity ? held : { ...held, since: event.at, heldSince: heldSinceOf(hold) };
}

function notAdjusted(hold: Hold, outcome: 'unchanged' | 'unknown'): Hold {
  if (hold.status !== 'adjusting') return hold;
  const { toQuantity: _, forLine: __, ...rest } = hold;
  return { ...rest, status: 'held', quantity: outcome === 'unchanged' ? hold.quantity : null };
}

function releaseRequested(cart: Cart, event: HoldEvent & { type: 'ReleaseRequested' }): Cart {
  if (cart.holds.some((hold) => hold.key === event.key)) return releasing(cart, event.key, event.at);
  const { key, itemId, item, reservationId, at } = event;
  return {
    ...cart,
    holds: [...cart.holds, { status: 'releasing', key, itemId, item, reservationId, since: at }],
  };
}

function releasing(cart: Cart, key: string, at: number): Cart {
  return withHold(cart, key, (hold) => ({
    status: 'releasing',
    key,
    itemId: hold.itemId,
    item: hold.item,
    reservationId: 'reservationId' in hold ? hold.reservationId : null,
    since: at,
  }));
}

/** What the line was refused before stays: it asks anew when the shopper changes it. */
function lapsed(cart: Cart, { key, reason, at }: HoldEvent & { type: 'HoldLapsed' }): Cart {
  const hold = cart.holds.find((candidate) => candidate.key === key);
  if (!hold) return cart;
  const refusal = { status: 'released', reason, at } as const;
  return withLine(releasing(cart, key, at), hold.itemId, (line) =>
    line.refusal ? line : { ...line, refusal },
  );
}

/** A refusal is for the quantity that was asked for: a line that has changed meanwhile asks again. */
function refuse(cart: Cart, asked: Asked | undefined, refusal: Refusal): Cart {
  if (!asked) return cart;
  return withLine(cart, asked.itemId, (line) =>
    line.quantity === asked.quantity ? { ...line, refusal } : line,
  );
}

interface Asked {
  itemId: string;
  quantity: number;
}

function askedFor(cart: Cart, key: string): Asked | undefined {
  const hold = cart.holds.find((candidate) => candidate.key === key);
  if (hold?.status === 'reserving') return { itemId: hold.itemId, quantity: hold.quantity };
  if (hold?.status === 'adjusting') {
    return { itemId: hold.itemId, quantity: hold.forLine ?? hold.toQuantity };
  }
  return undefined;
}

const unavailable = ({ reason, at }: { reason: string; at: number }): Refusal => ({
  status: 'unavailable',
  reason,
  at,
});
const failed = ({ reason, at }: { reason: string; at: number }): Refusal => ({
  status: 'failed',
  reason,
  at,
});

const withHold = (cart: Cart, key: string, update: (hold: Hold) => Hold): Cart => ({
  ...cart,
  holds: cart.holds.map((hold) => (hold.key === key ? update(hold) : hold)),
});

const withoutHold = (cart: Cart, key: string): Cart => ({
  ...cart,
  holds: cart.holds.filter((hold) => hold.key !== key),
});
