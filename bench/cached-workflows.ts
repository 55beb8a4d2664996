import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from './support/bench-stack.ts';
import { drive } from './support/load.ts';
import { residentBytes } from './support/memory.ts';
import { bytes, type Row } from './support/rows.ts';

/** What the control keeps: it does the same work, and lets go of its carts. */
const fewCached = 10;
const collectedWithinMs = 7_000;
const collecting = { NODE_OPTIONS: '--import ./bench/support/collect-garbage.mjs' };

/** A worker's memory by the carts in its cache, beside a worker that has done the same and kept none. */
export async function measureCachedWorkflows({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { cachedCarts, concurrency } = sizes;
  const { newSessions, addItem } = stack.shop;

  async function memoryWith(cached: number) {
    say(`memory of a worker after ${cachedCarts} carts, ${cached} cached`);
    await stack.killWorker();
    await stack.startWorker({ ...collecting, WORKER_CACHED_WORKFLOWS: String(cached) });
    const sessions = await newSessions(cachedCarts);
    await drive(cachedCarts, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));
    await stack.settle();
    await pause(collectedWithinMs);
    return await residentBytes(stack.pids.worker);
  }

  const few = await memoryWith(fewCached);
  const all = await memoryWith(cachedCarts);
  await stack.killWorker();
  await stack.startWorker();
  return [
    {
      what: 'memory of a cached workflow, in the worker process',
      ours: bytes((all - few) / (cachedCarts - fewCached)),
      note: `resident after garbage collection, ${cachedCarts} carts, ${fewCached} and all of them cached: ${bytes(few)}, ${bytes(all)}`,
    },
  ];
}
