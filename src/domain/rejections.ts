import { limits } from './cart.ts';
import type { PriceChange } from './order.ts';

/** The closed catalogue of reasons why a cart refuses a command. The HTTP layer maps each code to a status. */
export type Rejection =
  | { code: 'item_not_found'; itemId: string }
  | { code: 'cart_full'; maxLines: number }
  | { code: 'quantity_limit'; name: string; quantity: number; maxQuantity: number }
  | { code: 'units_limit'; units: number; maxUnits: number }
  | { code: 'unknown_product'; names: readonly string[] }
  | { code: 'cart_empty' }
  | { code: 'cart_completed' }
  | { code: 'checkout_in_progress' }
  | { code: 'no_checkout' }
  | { code: 'checkout_cancelled' }
  | { code: 'items_unavailable'; items: readonly UnavailableItem[] }
  | { code: 'reservations_pending'; names: readonly string[] }
  | { code: 'price_changed'; changes: readonly PriceChange[] }
  | { code: 'order_already_paid'; orderId: string; orderNumber: string }
  | { code: 'session_not_found' }
  /** The cart is not at a version that `If-Match` names. */
  | { code: 'version_mismatch'; currentVersion: number }
  /** The key was used for another request on this cart. */
  | { code: 'idempotency_key_reused' };

export interface UnavailableItem {
  itemId: string;
  name: string;
  quantity: number;
  reason: string;
}

/** One sentence that says what to change. */
export function explain(rejection: Rejection): string {
  switch (rejection.code) {
    case 'item_not_found':
      return `The cart has no item ${rejection.itemId}. List the cart to see its item ids.`;
    case 'cart_full':
      return `A cart holds at most ${rejection.maxLines} different items. Remove one first.`;
    case 'quantity_limit':
      return `"${rejection.name}" would come to ${rejection.quantity}; a line holds at most ${rejection.maxQuantity}.`;
    case 'units_limit':
      return `The cart would come to ${rejection.units} units; it holds at most ${rejection.maxUnits} in all.`;
    case 'unknown_product':
      return `The catalogue has no ${quoted(rejection.names)}.`;
    case 'cart_empty':
      return 'There is nothing to check out. Add an item first.';
    case 'cart_completed':
      return 'The cart has become an order. Add an item to start the next one.';
    case 'checkout_in_progress':
      return 'The cart is being checked out. Wait for the payment, or give the checkout up with DELETE …/checkout.';
    case 'no_checkout':
      return 'There is no checkout to give up.';
    case 'checkout_cancelled':
      return 'The checkout was given up. The cart is as it was; check out again when it is time.';
    case 'items_unavailable':
      return `Not to be had: ${quoted(rejection.items.map(({ name }) => name))}. Change or remove them, or check out with {"onUnavailable":"drop"}.`;
    case 'reservations_pending':
      return `The reservations of ${quoted(rejection.names)} took too long. Check out again when they are reserved.`;
    case 'price_changed':
      return `Prices have changed: ${quoted(rejection.changes.map(({ name }) => name))}. The cart shows the new ones; check out again to accept them.`;
    case 'order_already_paid':
      return `Order ${rejection.orderNumber} of this cart was paid meanwhile.`;
    case 'session_not_found':
      return 'This session has ended: a user has claimed its cart. Start a new one with POST /api/v1/sessions.';
    case 'version_mismatch':
      return `The cart is at version ${rejection.currentVersion}, which is not in If-Match. Read it again, then decide.`;
    case 'idempotency_key_reused':
      return 'This Idempotency-Key was used for another request on this cart. Use a new key.';
  }
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

export const cartFull = (): Rejection => ({ code: 'cart_full', maxLines: limits.linesPerCart });

export const quantityLimit = (name: string, quantity: number): Rejection => ({
  code: 'quantity_limit',
  name,
  quantity,
  maxQuantity: limits.quantityPerLine,
});

export const unitsLimit = (units: number, maxUnits: number): Rejection => ({
  code: 'units_limit',
  units,
  maxUnits,
});
