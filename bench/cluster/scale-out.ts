import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { pokeBare } from '../support/bare-call.ts';
import { cpuPerCall, settleMs, type Pids } from '../support/cpu.ts';
import { drive, type Load } from '../support/load.ts';
import { createShopClient, get, type BenchSession } from '../support/shop-client.ts';
import type { ShopProcesses } from './shop-processes.ts';

export interface ScaleOutOptions {
  n: number;
  shop: ShopProcesses;
  client: Client;
  /** Of everything but the shop's own processes. */
  pids: Pids;
  bareWorkerPid: number;
  adds: number;
  reads: number;
  concurrency: number;
}

export interface ScaleOut {
  n: number;
  existing: Load;
  fresh: Load;
  reads: Load;
  bareExisting: Load;
  bareFresh: Load;
  /** CPU time of an add to an existing cart, with its reservation, by part. */
  cpu: Record<string, number>;
  cpuBare: Record<string, number>;
  cpuRead: Record<string, number>;
}

const existingCarts = 64;

/** One pass over what shoppers do, spread over the API processes; then the same carts' contents are checked. */
export async function measureScaleOut(options: ScaleOutOptions): Promise<ScaleOut> {
  const { n, shop, adds, reads, concurrency } = options;
  const pids = { ...options.pids, ...shop.pids };
  const shops = shop.urls.map(createShopClient);
  let turn = 0;
  const next = () => shops[turn++ % shops.length]!;
  const bare = bareCalls(options);

  const newSessions = (count: number) =>
    Promise.all(Array.from({ length: count }, () => next().newSession()));
  const sessions = await newSessions(existingCarts);
  const addTo = (carts: readonly BenchSession[], total: number) =>
    drive(total, concurrency, (i) => next().addItem(carts[i % carts.length]!.path, 'apple'));
  const warmUp = existingCarts * 2;
  await addTo(sessions, warmUp);
  await bare.existing(warmUp);
  await pause(settleMs);

  const result: Partial<ScaleOut> = {};
  const cpu = await cpuPerCall(pids, adds, async () => void (result.existing = await addTo(sessions, adds)));
  const cpuBare = await cpuPerCall(
    { ...options.pids, 'bare worker': options.bareWorkerPid },
    adds,
    async () => void (result.bareExisting = await bare.existing(adds)),
  );
  const created = await newSessions(adds);
  const fresh = await addTo(created, adds);
  const bareFresh = await bare.fresh(adds);
  await pause(settleMs);
  const readSessions = () =>
    drive(reads, concurrency, async (i) => {
      await get(shop.urls[i % n]! + sessions[i % existingCarts]!.path);
    });
  const cpuRead = await cpuPerCall(pids, reads, async () => void (result.reads = await readSessions()));

  await checkCarts(shop.urls, sessions, (index) => perCart(index, warmUp) + perCart(index, adds));
  await checkCarts(shop.urls, created, () => 1);
  const timed = result as Required<Pick<ScaleOut, 'existing' | 'bareExisting' | 'reads'>>;
  return { n, ...timed, fresh, bareFresh, cpu, cpuBare, cpuRead };
}

/** How many of `total` calls, dealt in turn, went to this cart. */
const perCart = (index: number, total: number): number => Math.ceil((total - index) / existingCarts);

function bareCalls({ client, concurrency, n }: ScaleOutOptions) {
  const run = Date.now();
  return {
    existing: (total: number) =>
      drive(total, concurrency, (i) => pokeBare(client, `bare-${run}-${n}-${i % existingCarts}`)),
    fresh: (total: number) => drive(total, concurrency, (i) => pokeBare(client, `bare-new-${run}-${n}-${i}`)),
  };
}

/** Each cart has what was put in, whichever process is asked. */
async function checkCarts(
  urls: readonly string[],
  sessions: readonly BenchSession[],
  expected: (index: number) => number,
): Promise<void> {
  for (const [index, { path }] of sessions.entries()) {
    const response = await fetch(urls[index % urls.length]! + path);
    const { items } = (await response.json()) as { items: { quantity: number }[] };
    const quantity = items.reduce((sum, item) => sum + item.quantity, 0);
    if (quantity !== expected(index)) {
      throw new Error(`A cart has ${quantity} of the ${expected(index)} that were added`);
    }
  }
}
