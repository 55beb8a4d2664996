import { coreOf, type Cart } from './cart.ts';
import type { CartEvent } from './events.ts';

export function opened(event: CartEvent & { type: 'CartOpened' }): Cart {
  const { cartId, currency, ttlMs, at, version } = event;
  return {
    status: 'active',
    cartId,
    version,
    currency,
    ttlMs,
    lines: [],
    holds: [],
    waiting: null,
    orderAttempts: 0,
    pendingOrder: null,
    orders: [],
    paymentTasks: [],
    createdAt: at,
    updatedAt: at,
    expiresAt: at + ttlMs,
  };
}

/** Asks for every line afresh, also for those refused before. */
export function resumed(cart: Cart, at: number): Cart {
  const lines = cart.lines.map((line) => ({ ...line, changedAt: at, refusal: null }));
  return { ...coreOf(cart), status: 'active', lines };
}

/** What was ordered stays in the order book and the history; what is still being sold stays among the holds. */
export function renewed(cart: Cart): Cart {
  return { ...coreOf(cart), status: 'active', lines: [] };
}
