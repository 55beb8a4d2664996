import { sql } from 'drizzle-orm';
import type { Cart } from '../domain/cart.ts';
import type { OrderChange } from '../domain/order-changes.ts';
import { createReplay, type Replay } from '../domain/replay.ts';
import type { Database } from '../platform/database.ts';
import type { Difference } from './differences.ts';
import { readEvents } from './event-rows.ts';
import { createRowRepair, type ReplaceRows } from './row-repair.ts';
import { differencesOfCart, differencesOfOrders, readStoredRows, type StoredRows } from './stored-rows.ts';

/** A cart whose rows are not what its events say. `unknowable`: its events do not tell what they should be. */
export type Finding = { cartId: string; repaired: boolean } & (
  { status: 'different'; differences: readonly Difference[] } | { status: 'unknowable'; reason: string }
);

export interface RebuildOptions {
  database: Database;
  /** All carts unless some are named. */
  cartIds?: readonly string[];
  /** Replaces what differs; without it, nothing is written. */
  write: boolean;
  report: (finding: Finding) => void;
  cartsPerPage?: number;
  /** How long a save that may be under way has to arrive, each time of `looks`. */
  pauseMs?: number;
}

export interface RebuildSummary {
  carts: number;
  different: number;
  repaired: number;
}

/** A save, or an order on its way to the book, is through by the last look. */
const looks = 4;

/** Folds every cart's events, compares the result with its rows, and replaces these if asked to. A page at a time. */
export async function rebuild(options: RebuildOptions): Promise<RebuildSummary> {
  const { database, cartIds, write, report, cartsPerPage = 100, pauseMs = 500 } = options;
  const replaceRows = createRowRepair(database);
  const summary: RebuildSummary = { carts: 0, different: 0, repaired: 0 };
  for await (const page of cartIds ? pagesOf(cartIds, cartsPerPage) : pagesOfAll(database, cartsPerPage)) {
    summary.carts += page.length;
    for (const verdict of await examineAgain(database, page, pauseMs)) {
      const repaired = write && (await repair(database, verdict, replaceRows));
      summary.different += 1;
      summary.repaired += repaired ? 1 : 0;
      const { cartId } = verdict;
      if (verdict.status === 'different') {
        report({ cartId, repaired, status: 'different', differences: verdict.differences });
      } else report({ cartId, repaired, status: 'unknowable', reason: verdict.reason });
    }
  }
  return summary;
}

/** `passing`: a write that is under way explains it, and will end it. */
type Verdict = { cartId: string; passing: boolean } & (
  | { status: 'different'; differences: Difference[]; cart: Cart; orders: OrderChange[] }
  | { status: 'unknowable'; reason: string }
);

/** What is wrong with the carts of a page, and still is when a write that was under way is through. */
async function examineAgain(database: Database, page: readonly string[], pauseMs: number) {
  const found = new Map<string, Verdict>();
  let cartIds = page;
  for (let look = 1; ; look += 1) {
    for (const cartId of cartIds) found.delete(cartId);
    for (const verdict of await examine(database, cartIds)) found.set(verdict.cartId, verdict);
    cartIds = [...found.values()].filter(({ passing }) => passing).map(({ cartId }) => cartId);
    if (cartIds.length === 0 || look === looks) return [...found.values()];
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Events and rows as of one moment. */
async function examine(database: Database, cartIds: readonly string[]): Promise<Verdict[]> {
  const replays = new Map(cartIds.map((cartId): [string, Replay] => [cartId, createReplay()]));
  const stored = await database.transaction(
    async (transaction) => {
      for await (const { cartId, event } of readEvents(transaction, cartIds)) replays.get(cartId)?.add(event);
      return await readStoredRows(transaction, cartIds);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
  return [...replays].flatMap(([cartId, replay]) => {
    const rows = stored.get(cartId);
    return rows ? judge(cartId, replay, rows) : [];
  });
}

function judge(cartId: string, replay: Replay, rows: StoredRows): Verdict[] {
  const replayed = replay.result();
  switch (replayed.status) {
    case 'empty':
      return [{ cartId, passing: false, status: 'unknowable', reason: 'it has no events' }];
    case 'broken': {
      const reason = `its events end before version ${replayed.version}: ${replayed.reason}`;
      return [{ cartId, passing: false, status: 'unknowable', reason }];
    }
    case 'whole': {
      const { cart, orders } = replayed;
      // A save writes the newest cart with at most its share of events: the others come with the next one.
      if ((rows.version ?? 0) > cart.version) {
        const reason = `its row is of version ${rows.version}, its last event of ${cart.version}`;
        return [{ cartId, passing: true, status: 'unknowable', reason }];
      }
      const ofCart = differencesOfCart(rows, cart);
      const differences = [...ofCart, ...differencesOfOrders(rows, orders)];
      if (differences.length === 0) return [];
      // The order book marks an order that has ended before the cart's save does.
      return [{ cartId, passing: ofCart.length === 0, status: 'different', differences, cart, orders }];
    }
  }
}

/** True when the rows are in order afterwards, by us or by a later save. */
async function repair(database: Database, verdict: Verdict, replaceRows: ReplaceRows): Promise<boolean> {
  if (verdict.status === 'unknowable') return false;
  await replaceRows(verdict.cart, verdict.orders);
  return (await examine(database, [verdict.cartId])).length === 0;
}

async function* pagesOf(cartIds: readonly string[], size: number): AsyncGenerator<readonly string[]> {
  for (let start = 0; start < cartIds.length; start += size) yield cartIds.slice(start, start + size);
}

/** Every cart that has a row or an event. */
async function* pagesOfAll(database: Database, size: number): AsyncGenerator<readonly string[]> {
  for (let after = ''; ;) {
    const rows = await database.execute<{ cart_id: string }>(sql`
      (select cart_id from carts where cart_id > ${after} order by cart_id limit ${size})
      union (select distinct cart_id from cart_events where cart_id > ${after} order by cart_id limit ${size})
      order by cart_id limit ${size}`);
    const page = rows.map(({ cart_id: cartId }) => cartId);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}
