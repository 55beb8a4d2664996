import type { Facts } from './facts.ts';
import { groupBy } from './group-by.ts';
import { replayCart, type OwnCart } from './replay.ts';

/** Every cart as its events have it. */
export function openBooks({ carts, events }: Pick<Facts, 'carts' | 'events'>): Map<string, OwnCart> {
  const histories = groupBy(events, ({ cartId }) => cartId);
  const ids = new Set([...carts.map(({ cartId }) => cartId), ...histories.keys()]);
  return new Map([...ids].map((cartId) => [cartId, replayCart(cartId, histories.get(cartId) ?? [])]));
}

/** The cart that has what this one had: its own, or that of the user who has claimed it. */
export function heirOf(books: ReadonlyMap<string, OwnCart>, cartId: string): string {
  const to = books.get(cartId)?.toCartId;
  return to === undefined || to === cartId ? cartId : heirOf(books, to);
}

export const cartOfKey = (key: string): string => key.slice(0, key.indexOf('.'));

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
