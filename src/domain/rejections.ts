import { limits } from './cart.ts';

/** The closed catalogue of reasons why a cart refuses a command. The HTTP layer maps each code to a status. */
export type Rejection =
  | { code: 'item_not_found'; itemId: string }
  | { code: 'cart_full'; maxLines: number }
  | { code: 'quantity_limit'; name: string; quantity: number; maxQuantity: number }
  | { code: 'unknown_product'; names: readonly string[] };

/** One sentence that says what to change. */
export function explain(rejection: Rejection): string {
  switch (rejection.code) {
    case 'item_not_found':
      return `The cart has no item ${rejection.itemId}. List the cart to see its item ids.`;
    case 'cart_full':
      return `A cart holds at most ${rejection.maxLines} different items. Remove one first.`;
    case 'quantity_limit':
      return `"${rejection.name}" would come to ${rejection.quantity}; a line holds at most ${rejection.maxQuantity}.`;
    case 'unknown_product':
      return `The catalogue has no ${rejection.names.map((name) => `"${name}"`).join(', ')}.`;
  }
}

export const cartFull = (): Rejection => ({ code: 'cart_full', maxLines: limits.linesPerCart });

export const quantityLimit = (name: string, quantity: number): Rejection => ({
  code: 'quantity_limit',
  name,
  quantity,
  maxQuantity: limits.quantityPerLine,
});
