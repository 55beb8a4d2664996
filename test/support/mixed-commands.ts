import type { CartView } from '../../src/domain/cart-view.ts';

/** A request that a storefront sends on a cart; `path` is below the cart's own. */
export interface CartRequest {
  key: string;
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body?: object;
  ifMatch?: string;
}

const names = ['apple', 'pear', 'plum', 'fig', 'kiwi', 'lime', 'date', 'sloe'];

/**
 * Adds, changes, removals, checkouts and their ends, some on one version of the cart, some sent twice under one
 * key, some with the key of another. Which of them applies depends on who comes first. The lines of `cart` are changed.
 */
export function mixedCommands(
  cart: CartView,
  { count, version }: { count: number; version: number },
): CartRequest[] {
  const requests: CartRequest[] = [];
  for (let index = 0; index < count; index += 1) {
    const before = requests[index - 1];
    const request = { ...commandOf(cart, index), ...conditionOf(version, index) };
    if (before && index % 20 === 11) requests.push(before);
    else if (before && index % 20 === 13) requests.push({ ...request, key: before.key });
    else requests.push(request);
  }
  return requests;
}

function commandOf(cart: CartView, index: number): CartRequest {
  const key = `command ${index}`;
  const itemId = cart.items[index % cart.items.length]?.itemId;
  const name = names[(index * 3) % names.length];
  const kind = index % 20;
  if (kind === 4) return { key, method: 'POST', path: '/checkout', body: {} };
  if (kind === 5 || kind === 6 || kind === 15) return { key, method: 'DELETE', path: '/checkout' };
  if (kind === 8 || kind === 16) return { key, method: 'DELETE', path: `/items/${itemId}` };
  if (kind % 4 === 2) {
    return { key, method: 'PATCH', path: `/items/${itemId}`, body: { quantity: 1 + (index % 9) } };
  }
  return { key, method: 'POST', path: '/items', body: { name, quantity: 1 + (index % 3) } };
}

function conditionOf(version: number, index: number): { ifMatch?: string } {
  if (index % 7 === 3) return { ifMatch: `"${version}"` };
  if (index % 7 === 5)
    return { ifMatch: Array.from({ length: 40 }, (_, n) => `"${version + 2 * n}"`).join(', ') };
  if (index % 31 === 6) return { ifMatch: '*' };
  return {};
}
