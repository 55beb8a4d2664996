import type { Cart } from './cart.ts';
import type { CartEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { orderChanges, type OrderChange } from './order-changes.ts';

/** What a cart's events make of it. `broken`: from this version on they do not tell. */
export type Replayed =
  | { status: 'empty' }
  | { status: 'whole'; cart: Cart; last: CartEvent; orders: OrderChange[] }
  | { status: 'broken'; version: number; reason: string };

export interface Replay {
  /** The cart's next event, in order of version. */
  add(event: CartEvent): void;
  result(): Replayed;
}

/** Folds a cart's history, an event at a time. */
export function createReplay(): Replay {
  let cart: Cart | undefined;
  let last: CartEvent | undefined;
  let broken: (Replayed & { status: 'broken' }) | undefined;
  const ofOrders: CartEvent[] = [];
  return {
    add(event) {
      if (broken) return;
      const version = (last?.version ?? 0) + 1;
      const reason = event.version === version ? undefined : 'the event is missing';
      try {
        if (reason === undefined) cart = evolve(cart, event);
        else broken = { status: 'broken', version, reason };
      } catch (error) {
        broken = { status: 'broken', version, reason: String(error) };
      }
      if ('orderId' in event || event.type === 'OrderPlaced') ofOrders.push(event);
      last = event;
    },
    result() {
      if (broken) return broken;
      return cart && last
        ? { status: 'whole', cart, last, orders: orderChanges(ofOrders) }
        : { status: 'empty' };
    },
  };
}
