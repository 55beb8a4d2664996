import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import { drive } from '../support/load.ts';
import { residentBytes } from '../support/memory.ts';
import { createShopClient, type BenchSession } from '../support/shop-client.ts';
import { growth, readCounters, withoutIdle, type Counters, type CounterSources } from './counters.ts';
import { tableBytes, vacuum } from './postgres-figures.ts';
import type { ShopProcesses } from './shop-processes.ts';

export interface CostOptions extends CounterSources {
  shop: ShopProcesses;
  client: Client;
  carts: number;
  concurrency: number;
  /** What is counted anyway, each second. */
  idle: Counters;
}

export interface CostOfCarts {
  /** Of a cart with one line, reserved: one add. */
  newCart: Counters;
  /** Of each further add of the same item to it. */
  nextAdd: Counters;
  /** Of a worker process, for each cart that it keeps in its cache. */
  cachedBytes: number;
  /** Largest first, of a cart after all its adds. */
  tables: Record<string, number>;
}

const warmUpCarts = 50;
const nextAdds = 2;
/** Until the reservations are in. */
const settleMs = 3_000;

/** What carts leave behind in both databases, in their histories and in a worker's memory. */
export async function measureCarts(options: CostOptions): Promise<CostOfCarts> {
  const { shop, carts, concurrency, idle } = options;
  const { newSessions, addItem } = createShopClient(shop.urls[0]!);
  const addToEach = (sessions: readonly BenchSession[]) =>
    drive(sessions.length, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));
  const memory = async () => sum(await Promise.all(shop.pids.workers.map(residentBytes)));
  // A worker's heap and its threads are there before the first cart that counts.
  await addToEach(await newSessions(warmUpCarts));
  const sessions = await newSessions(carts);

  const nothing = await countersNow(options);
  const tablesBefore = await allTables(options);
  const memoryBefore = await memory();
  await addToEach(sessions);
  const one = await countersNow(options);
  const memoryAfter = await memory();
  const historyOfOne = await historyOf(options, sessions);
  for (let add = 0; add < nextAdds; add += 1) await addToEach(sessions);
  const more = await countersNow(options);

  const newCart = withoutIdle(growth(nothing, one, carts), idle);
  const nextAdd = withoutIdle(growth(one, more, carts * nextAdds), idle);
  return {
    newCart: { ...newCart, ...historyOfOne },
    nextAdd: { ...nextAdd, ...growth(historyOfOne, await historyOf(options, sessions), nextAdds) },
    cachedBytes: (memoryAfter - memoryBefore) / carts,
    tables: largest(growth(tablesBefore, await allTables(options), carts)),
  };
}

/** After a vacuum, so that sizes do not hold what is dead. */
async function countersNow(options: CostOptions): Promise<Counters> {
  await pause(settleMs);
  await vacuum([...options.stores.temporal, ...options.stores.shop]);
  return await readCounters(options);
}

async function historyOf({ client }: CostOptions, sessions: readonly BenchSession[]): Promise<Counters> {
  const handle = client.workflow.getHandle(cartWorkflowId(sessions[0]!.cartId));
  const { historyLength, historySize = 0 } = await handle.describe();
  return { 'cart events': historyLength, 'cart historyBytes': historySize };
}

async function allTables({ stores }: CostOptions): Promise<Counters> {
  const [temporal = '', visibility = ''] = stores.temporal;
  const named = async (prefix: string, url: string) =>
    Object.entries(await tableBytes(url)).map(([name, bytes]) => [`${prefix}: ${name}`, bytes] as const);
  return Object.fromEntries([
    ...(await named('Temporal', temporal)),
    ...(await named('Temporal visibility', visibility)),
    ...(await named('shop', stores.shop[0]!)),
  ]);
}

function largest(bytes: Counters): Record<string, number> {
  const worthNaming = Object.entries(bytes).filter(([, each]) => each >= 100);
  return Object.fromEntries(worthNaming.toSorted(([, a], [, b]) => b - a));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
