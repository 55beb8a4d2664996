import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { drive } from '../support/load.ts';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import { createShopClient, type BenchSession } from '../support/shop-client.ts';
import { postgresFigures, tableBytes, type PostgresFigures } from './postgres-figures.ts';
import { serverRequests, type Requests } from './server-requests.ts';
import type { ShopProcesses } from './shop-processes.ts';

export interface CostOptions {
  shop: ShopProcesses;
  client: Client;
  /** Of the server's processes, by role. */
  metricsUrls: Readonly<Record<string, readonly string[]>>;
  stores: { temporal: readonly string[]; shop: readonly string[] };
  carts: number;
  concurrency: number;
}

export interface Cost {
  temporal: PostgresFigures;
  shop: PostgresFigures;
  /** Of the server's roles. */
  requests: Record<string, Requests>;
  historyEvents: number;
  historyBytes: number;
}

export interface CostOfCarts {
  /** Of a cart with one line, reserved: one add. */
  newCart: Cost;
  /** Of each further add of the same item to it. */
  nextAdd: Cost;
  /** Of a worker process, for each cart that it keeps in its cache. */
  cachedBytes: number;
  /** Largest first, of a cart after all its adds. */
  tables: Record<string, number>;
}

const nextAdds = 4;
const settleMs = 3_000;

/** What carts leave behind in both databases, in their histories and in a worker's memory. */
export async function measureCarts(options: CostOptions): Promise<CostOfCarts> {
  const { shop, carts, concurrency } = options;
  const { newSession, addItem } = createShopClient(shop.urls[0]!);
  const sessions = await Promise.all(Array.from({ length: carts }, newSession));
  const addToEach = () => drive(carts, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));
  // A worker's heap and its threads are there before the first cart that counts.
  const warm = await Promise.all(Array.from({ length: 50 }, newSession));
  await drive(warm.length, concurrency, (i) => addItem(warm[i]!.path, 'apple'));

  const nothing = { ...(await figures(options)), historyEvents: 0, historyBytes: 0 };
  const tablesBefore = await allTables(options);
  const memoryBefore = await residentBytes(shop.pids.workers);
  await addToEach();
  const one = await costNow(options, sessions);
  const memoryAfter = await residentBytes(shop.pids.workers);
  for (let add = 0; add < nextAdds; add += 1) await addToEach();
  const more = await costNow(options, sessions);

  const tablesAfter = await allTables(options);
  const growth = Object.entries(tablesAfter)
    .map(([name, bytes]) => [name, (bytes - (tablesBefore[name] ?? 0)) / carts] as const)
    .filter(([, bytes]) => bytes >= 50)
    .toSorted(([, a], [, b]) => b - a);
  return {
    newCart: difference(nothing, one, carts, 1),
    nextAdd: difference(one, more, carts * nextAdds, nextAdds),
    cachedBytes: (memoryAfter - memoryBefore) / carts,
    tables: Object.fromEntries(growth),
  };
}

async function costNow(options: CostOptions, sessions: readonly BenchSession[]): Promise<Cost> {
  // Until the reservations are in.
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  const { cartId } = sessions[0]!;
  const { historyLength, historySize = 0 } = await options.client.workflow
    .getHandle(cartWorkflowId(cartId))
    .describe();
  return { ...(await figures(options)), historyEvents: historyLength, historyBytes: historySize };
}

async function figures({ stores, metricsUrls }: CostOptions) {
  return {
    requests: await serverRequests(metricsUrls),
    temporal: await postgresFigures(stores.temporal, { vacuum: true }),
    shop: await postgresFigures(stores.shop, { vacuum: true }),
  };
}

async function allTables({ stores }: CostOptions): Promise<Record<string, number>> {
  const [temporal = '', visibility = ''] = stores.temporal;
  const named = async (prefix: string, url: string) =>
    Object.entries(await tableBytes(url)).map(([name, bytes]) => [`${prefix}: ${name}`, bytes] as const);
  return Object.fromEntries([
    ...(await named('Temporal', temporal)),
    ...(await named('Temporal visibility', visibility)),
    ...(await named('shop', stores.shop[0]!)),
  ]);
}

/** `calls` for what is counted over all carts, `callsPerCart` for the history of one. */
function difference(before: Cost, after: Cost, calls: number, callsPerCart: number): Cost {
  const store = (a: PostgresFigures, b: PostgresFigures): PostgresFigures => ({
    bytes: (b.bytes - a.bytes) / calls,
    transactions: (b.transactions - a.transactions) / calls,
    walBytes: (b.walBytes - a.walBytes) / calls,
    walPages: (b.walPages - a.walPages) / calls,
  });
  return {
    temporal: store(before.temporal, after.temporal),
    shop: store(before.shop, after.shop),
    requests: Object.fromEntries(
      Object.entries(after.requests).map(([role, { asked, toDatabase }]) => [
        role,
        {
          asked: (asked - (before.requests[role]?.asked ?? 0)) / calls,
          toDatabase: (toDatabase - (before.requests[role]?.toDatabase ?? 0)) / calls,
        },
      ]),
    ),
    historyEvents: (after.historyEvents - before.historyEvents) / callsPerCart,
    historyBytes: (after.historyBytes - before.historyBytes) / callsPerCart,
  };
}

async function residentBytes(pids: readonly number[]): Promise<number> {
  const statuses = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/status`, 'utf8')));
  return statuses.reduce((sum, status) => sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024, 0);
}
