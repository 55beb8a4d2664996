import { and, asc, eq, gt, lte, max } from 'drizzle-orm';
import { cartEvents } from '../../drizzle/schema.ts';
import type { Cart } from '../domain/cart.ts';
import type { CartEvent } from '../domain/events.ts';
import { createReplay } from '../domain/replay.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';
import { readEvents, toCartEvent } from './event-rows.ts';

/** A moment of a cart's life: after the event of this version, or at this instant in ms since the epoch. */
export type Moment = { version: number } | { time: number };

export interface EventPage {
  events: CartEvent[];
  /** The version to go on after, or nothing at the end. */
  next: number | undefined;
}

export interface HistoryViews {
  /** Oldest first, after a version. */
  listEvents(cartId: string, page: { after: number | undefined; limit: number }): Promise<EventPage>;
  /** The cart as it was, and the event that made it so; nothing for a moment that its history does not have. */
  cartAt(cartId: string, moment: Moment): Promise<{ cart: Cart; event: CartEvent } | undefined>;
}

/** As for carts: better a 503 at once than a client that hangs. */
const readDeadlineMs = 3_000;

/** Reads of the carts' events. They reject when Postgres is away. */
export function createHistoryViews(database: Database): HistoryViews {
  async function versionAt(cartId: string, moment: Moment): Promise<number | undefined> {
    if ('version' in moment) return moment.version;
    const [row] = await database
      .select({ version: max(cartEvents.version) })
      .from(cartEvents)
      .where(and(eq(cartEvents.cartId, cartId), lte(cartEvents.at, new Date(moment.time))));
    return row?.version ?? undefined;
  }

  async function replay(cartId: string, moment: Moment) {
    const version = await versionAt(cartId, moment);
    if (version === undefined) return undefined;
    const history = createReplay();
    for await (const { event } of readEvents(database, [cartId], version)) history.add(event);
    const replayed = history.result();
    if (replayed.status !== 'whole' || replayed.cart.version !== version) return undefined;
    return { cart: replayed.cart, event: replayed.last };
  }

  return {
    async listEvents(cartId, { after, limit }) {
      const later = after === undefined ? undefined : gt(cartEvents.version, after);
      const query = database
        .select()
        .from(cartEvents)
        .where(and(eq(cartEvents.cartId, cartId), later))
        .orderBy(asc(cartEvents.version))
        .limit(limit + 1);
      const rows = await withDeadline(query, readDeadlineMs, 'Reading the history');
      const page = rows.slice(0, limit);
      return { events: page.map(toCartEvent), next: rows.length > limit ? page.at(-1)?.version : undefined };
    },
    cartAt: (cartId, moment) =>
      withDeadline(replay(cartId, moment), readDeadlineMs, 'Reading the cart as it was'),
  };
}
