import type { Cart, Hold, Line, Refusal } from './cart.ts';
import type { CartEvent, Fact } from './events.ts';

/** The cart after one event. The first event of every cart is `CartOpened`. */
export function evolve(cart: Cart | undefined, event: CartEvent): Cart {
  if (event.type === 'CartOpened') return opened(event);
  if (!cart) throw new Error(`A cart's history starts with CartOpened, not ${event.type}`);
  // Only what a shopper does moves the deadline.
  const expiresAt = event.operationId === null ? cart.expiresAt : event.at + cart.ttlMs;
  return { ...change(cart, event), version: event.version, updatedAt: event.at, expiresAt };
}

/** Numbers the facts, stamps them and folds them in. */
export function record(
  cart: Cart,
  facts: readonly Fact[],
  meta: { at: number; operationId: string | null },
): { cart: Cart; events: CartEvent[] } {
  const events = facts.map((fact, index): CartEvent => ({
    ...fact,
    version: cart.version + index + 1,
    ...meta,
  }));
  return { cart: events.reduce<Cart>(evolve, cart), events };
}

function opened(event: CartEvent & { type: 'CartOpened' }): Cart {
  const { cartId, currency, ttlMs, at, version } = event;
  const times = { createdAt: at, updatedAt: at, expiresAt: at + ttlMs };
  return { status: 'active', cartId, version, currency, ttlMs, lines: [], holds: [], ...times };
}

function change(cart: Cart, event: Exclude<CartEvent, { type: 'CartOpened' }>): Cart {
  switch (event.type) {
    case 'ItemAdded':
      return addToLine(cart, event);
    case 'ItemQuantityChanged':
      return withLine(cart, event.itemId, (line) => ({
        ...line,
        quantity: event.quantity,
        changedAt: event.at,
        refusal: null,
      }));
    case 'ItemRemoved':
      return { ...cart, lines: cart.lines.filter((line) => line.itemId !== event.itemId) };
    case 'CartAbandoned':
      return { ...cart, status: 'abandoned', abandonedAt: event.at };
    case 'CartResumed':
      return resumed(cart, event.at);
    case 'ReservationRequested':
      return requested(cart, event);
    case 'ReservationConfirmed':
      return withHold(cart, event.key, (hold) =>
        hold.status === 'reserving'
          ? { ...hold, status: 'held', reservationId: event.reservationId, adjustments: 0, since: event.at }
          : hold,
      );
    case 'ReservationRefused':
      return refuse(withoutHold(cart, event.key), askedFor(cart, event.key), unavailable(event));
    case 'ReservationFailed':
      return refuse(releasing(cart, event.key, event.at), askedFor(cart, event.key), failed(event));
    case 'AdjustmentRequested':
      return withHold(cart, event.key, (hold) =>
        hold.status === 'held'
          ? { ...hold, status: 'adjusting', toQuantity: event.quantity, adjustments: hold.adjustments + 1 }
          : hold,
      );
    case 'AdjustmentConfirmed':
      return withHold(cart, event.key, (hold) => adjusted(hold, 'done', event.at));
    case 'AdjustmentRefused':
      return refuse(
        withHold(cart, event.key, (hold) => adjusted(hold, 'unchanged', event.at)),
        askedFor(cart, event.key),
        unavailable(event),
      );
    case 'AdjustmentFailed':
      return refuse(
        withHold(cart, event.key, (hold) => adjusted(hold, 'unknown', event.at)),
        askedFor(cart, event.key),
        failed(event),
      );
    case 'ReleaseRequested':
      return releaseRequested(cart, event);
    case 'ReleaseConfirmed':
      return withoutHold(cart, event.key);
  }
}

function addToLine(cart: Cart, event: CartEvent & { type: 'ItemAdded' }): Cart {
  const { itemId, name, quantity, unitPriceMinor, at } = event;
  if (!cart.lines.some((line) => line.itemId === itemId)) {
    const line = {
      itemId,
      name,
      quantity,
      unitPriceMinor,
      addedAt: at,
      changedAt: at,
      attempts: 0,
      refusal: null,
    };
    return { ...cart, lines: [...cart.lines, line] };
  }
  return withLine(cart, itemId, (line) => ({
    ...line,
    quantity: line.quantity + quantity,
    unitPriceMinor,
    changedAt: at,
    refusal: null,
  }));
}

/** A new life asks for every line afresh, also for those refused before. */
function resumed(cart: Cart, at: number): Cart {
  const { status: _, abandonedAt: __, ...core } = cart as Cart & { abandonedAt?: number };
  const lines = cart.lines.map((line) => ({ ...line, changedAt: at, refusal: null }));
  return { ...core, status: 'active', lines };
}

function requested(cart: Cart, event: CartEvent & { type: 'ReservationRequested' }): Cart {
  const { key, itemId, item, quantity, at } = event;
  const hold: Hold = { status: 'reserving', key, itemId, item, quantity, since: at };
  const counted = withLine(cart, itemId, (line) => ({ ...line, attempts: line.attempts + 1 }));
  return { ...counted, holds: [...cart.holds, hold] };
}

function adjusted(hold: Hold, outcome: 'done' | 'unchanged' | 'unknown', at: number): Hold {
  if (hold.status !== 'adjusting') return hold;
  const { toQuantity, ...rest } = hold;
  const quantity = outcome === 'done' ? toQuantity : outcome === 'unchanged' ? hold.quantity : null;
  return { ...rest, status: 'held', quantity, since: outcome === 'done' ? at : hold.since };
}

function releaseRequested(cart: Cart, event: CartEvent & { type: 'ReleaseRequested' }): Cart {
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
  switch (hold?.status) {
    case 'reserving':
      return { itemId: hold.itemId, quantity: hold.quantity };
    case 'adjusting':
      return { itemId: hold.itemId, quantity: hold.toQuantity };
    case 'held':
    case 'releasing':
    case undefined:
      return undefined;
  }
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

const withLine = (cart: Cart, itemId: string, update: (line: Line) => Line): Cart => ({
  ...cart,
  lines: cart.lines.map((line) => (line.itemId === itemId ? update(line) : line)),
});

const withHold = (cart: Cart, key: string, update: (hold: Hold) => Hold): Cart => ({
  ...cart,
  holds: cart.holds.map((hold) => (hold.key === key ? update(hold) : hold)),
});

const withoutHold = (cart: Cart, key: string): Cart => ({
  ...cart,
  holds: cart.holds.filter((hold) => hold.key !== key),
});
