import { and, asc, eq, gt, inArray, type SQL } from 'drizzle-orm';
import { carts } from '../../drizzle/schema.ts';
import type { Cart, CartStatus } from '../domain/cart.ts';
import type { Database } from '../platform/database.ts';
import type { Difference } from './differences.ts';
import { inLanes } from './lanes.ts';
import { createRowRepair, type ReplaceRows } from './row-repair.ts';
import { differencesOfCart, readStoredRows } from './stored-rows.ts';

/** The carts whose workflow runs. */
export interface RunningCarts {
  list(): AsyncIterable<string>;
  /** The workflow's own state, null until it has loaded. Rejects where no worker answers. */
  stateOf(cartId: string): Promise<Cart | null>;
  isOpen(cartId: string): Promise<boolean>;
}

/**
 * `drifted`: the row is not what the workflow has, and stays so. `stranded`: the row is of an open cart, and no
 * workflow runs for it. `unanswered`: the workflow could not be asked.
 */
export type Drift = { cartId: string } & (
  | { status: 'drifted'; differences: readonly Difference[]; repaired: boolean }
  | { status: 'stranded'; cartStatus: CartStatus }
  | { status: 'unanswered'; reason: string }
);

export interface DriftOptions {
  database: Database;
  running: RunningCarts;
  /** Writes the workflow's state to a row that has drifted. */
  repair: boolean;
  report: (drift: Drift) => void;
  /** How many carts are looked at at once: each costs a worker a query. */
  lanes?: number;
  /** How long a save that is under way has to arrive, each time of `looks`. */
  pauseMs?: number;
}

export interface DriftSummary {
  carts: number;
  drifted: number;
  repaired: number;
  stranded: number;
  unanswered: number;
}

/** A save is through by the last look, unless Postgres does not take it. */
const looks = 5;
const rowsPerPage = 500;
const openStatuses: CartStatus[] = ['active', 'checking_out', 'awaiting_payment'];

/** Compares every open cart's row with its workflow, and every open row with the workflows that run. */
export async function findDrift(options: DriftOptions): Promise<DriftSummary> {
  const { database, running, report, lanes = 16, pauseMs = 500 } = options;
  const summary: DriftSummary = { carts: 0, drifted: 0, repaired: 0, stranded: 0, unanswered: 0 };
  const replaceRows = options.repair ? createRowRepair(database) : undefined;
  const look = { database, running, pauseMs };
  const seen = new Set<string>();

  await inLanes(running.list(), lanes, async (cartId) => {
    seen.add(cartId);
    const drift = await examine(look, cartId, replaceRows).catch((error: unknown) =>
      unanswered(cartId, error),
    );
    if (!drift) return;
    summary[drift.status] += 1;
    if (drift.status === 'drifted' && drift.repaired) summary.repaired += 1;
    report(drift);
  });
  summary.carts = seen.size;

  await inLanes(openRowIds(database), lanes, async (cartId) => {
    if (seen.has(cartId) || (await running.isOpen(cartId))) return;
    // It may have come to its end meanwhile, in good order.
    const [row] = await openRows(database, eq(carts.cartId, cartId));
    if (!row) return;
    summary.stranded += 1;
    report({ cartId, status: 'stranded', cartStatus: row.status });
  });
  return summary;
}

const unanswered = (cartId: string, error: unknown): Drift => ({
  cartId,
  status: 'unanswered',
  reason: error instanceof Error ? error.message : String(error),
});

type Look = Pick<Required<DriftOptions>, 'database' | 'running' | 'pauseMs'>;

async function examine(
  look: Look,
  cartId: string,
  replaceRows: ReplaceRows | undefined,
): Promise<Drift | undefined> {
  const differences = await lastingDifferences(look, cartId);
  if (differences.length === 0) return undefined;
  const drifted = { cartId, status: 'drifted', differences } as const;
  const state = replaceRows && (await look.running.stateOf(cartId));
  if (!replaceRows || !state) return { ...drifted, repaired: false };
  const replaced = await replaceRows(state);
  const repaired = replaced === 'replaced' && (await lastingDifferences(look, cartId)).length === 0;
  return { ...drifted, repaired };
}

/** Differences that no save under way explains. */
async function lastingDifferences(look: Look, cartId: string): Promise<readonly Difference[]> {
  let firstVersion: number | undefined;
  for (let tries = 1; ; tries += 1) {
    const compared = await compare(look, cartId);
    if (compared?.differences.length === 0) return [];
    firstVersion ??= compared?.version;
    if (tries === looks) {
      if (!compared) throw new Error('the workflow has not loaded its cart');
      // A busy cart is always ahead of its row: when what it had at first has been saved, saves go through.
      const { rowVersion = 0, version, differences } = compared;
      const isBusy = rowVersion < version && rowVersion >= (firstVersion ?? version);
      return isBusy ? [] : differences;
    }
    await new Promise((resolve) => setTimeout(resolve, look.pauseMs));
  }
}

/** The row must be one that the workflow had between being asked before and after; nothing while that still loads. */
async function compare({ database, running }: Look, cartId: string) {
  const before = await running.stateOf(cartId);
  const rows = (await readStoredRows(database, [cartId])).get(cartId);
  if (!before || !rows) return undefined;
  const rowVersion = rows.version;
  const hasMoved = rowVersion !== undefined && rowVersion > before.version;
  const state = (hasMoved && (await running.stateOf(cartId))) || before;
  const { version } = state;
  const isBetween = hasMoved && rowVersion < version;
  return { differences: isBetween ? [] : differencesOfCart(rows, state), rowVersion, version };
}

async function* openRowIds(database: Database): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const page = await openRows(database, gt(carts.cartId, after));
    for (const { cartId } of page) yield cartId;
    const last = page.at(-1);
    if (!last) return;
    after = last.cartId;
  }
}

const openRows = (database: Database, which: SQL) =>
  database
    .select({ cartId: carts.cartId, status: carts.status })
    .from(carts)
    .where(and(inArray(carts.status, openStatuses), which))
    .orderBy(asc(carts.cartId))
    .limit(rowsPerPage);
