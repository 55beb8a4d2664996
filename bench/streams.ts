import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { compare, drive, quantile } from './support/load.ts';
import { residentBytes } from './support/memory.ts';
import { bytes, comparisonRow, latencyText, seconds, type Row } from './support/rows.ts';
import { openStream, openStreams, type OpenStream } from './support/stream-client.ts';

const activeCarts = 64;
const settleMs = 3_000;

/**
 * What open streams cost one API process: memory, and the adds of others. Each stream has a cart of its own; those
 * of the carts that are added to hear of every change. Streams, adds and servers share the machine.
 */
export async function measureStreams(bench: Bench): Promise<Row[]> {
  const { stack, sizes, say } = bench;
  const { adds, fewRounds: rounds, concurrency, streams } = sizes;
  const { newSessions, addItem } = stack.shop;
  const carts = await newSessions(activeCarts);
  await drive(activeCarts, concurrency, (i) => addItem(carts[i]!.path, 'apple'));
  const idle = await newSessions(Math.max(streams - activeCarts, 0));
  const urls = [...carts, ...idle].map(({ path }) => `${stack.api}${path}/events`).slice(0, streams);
  const add = () => drive(adds, concurrency, (i) => addItem(carts[i % activeCarts]!.path, 'apple'));

  // The heap of a process that has worked, as it would have without streams.
  await add();
  say('memory of open streams');
  const memory = await memoryRow(bench, urls);
  const comparison = await compare(`add-item with ${streams} open streams ÷ without`, {
    ...{ rounds, say, settle: stack.settle, bare: add },
    ours: async () => {
      const open = await openStreams(urls, concurrency);
      const load = await add();
      await closeAll(open);
      return load;
    },
  });
  say('from a save to its event at the client');
  return [{ ...comparisonRow(comparison), note: 'both ours' }, memory, await lagRow(bench, urls)];
}

async function memoryRow({ stack, sizes }: Bench, urls: readonly string[]): Promise<Row> {
  await pause(settleMs);
  const before = await residentBytes(stack.pids.api);
  const startedAt = performance.now();
  const streams = await openStreams(urls, sizes.concurrency);
  const openedInMs = performance.now() - startedAt;
  await pause(settleMs);
  const open = await residentBytes(stack.pids.api);
  await closeAll(streams);
  const after = await residentBytes(stack.pids.api);
  return {
    what: 'memory of an open stream, in the API process',
    ours: bytes((open - before) / urls.length),
    note:
      `resident without, with ${urls.length}, and after them: ${bytes(before)}, ${bytes(open)}, ${bytes(after)}; ` +
      `opened in ${seconds(openedInMs)}`,
  };
}

async function closeAll(streams: readonly OpenStream[]): Promise<void> {
  for (const stream of streams) stream.close();
  await pause(settleMs);
}

/** From sending a save to Postgres, as the projector would, until its event is at the client; the others are idle. */
async function lagRow({ stack, sizes }: Bench, urls: readonly string[]): Promise<Row> {
  const { sql } = stack;
  const others = await openStreams(urls.slice(1), sizes.concurrency);
  const { path, cartId } = await sessionWithCart(stack);
  let onVersion = (_version: number) => {};
  const watching = await openStream(`${stack.api}${path}/events`, {
    onVersion: (version) => onVersion(version),
  });
  await pause(settleMs);
  const notice = JSON.stringify({ cartId, version: 0, operationIds: [] });
  const lags: number[] = [];
  for (let save = 0; save < sizes.saves; save += 1) {
    const arrived = new Promise<void>((resolve) => (onVersion = () => resolve()));
    const sentAt = performance.now();
    const saved = sql`
      with saved as (
        update carts set version = version + 1, state = jsonb_set(state, '{version}', to_jsonb(version + 1))
        where cart_id = ${cartId} returning cart_id)
      select pg_notify('cart_feed', ${notice}) from saved`;
    await Promise.all([saved, arrived]);
    lags.push(performance.now() - sentAt);
    await pause(5);
  }
  watching.close();
  await closeAll(others);
  lags.sort((a, b) => a - b);
  return {
    what: `from a save to its event at the client, ${urls.length} streams open`,
    ours: latencyText({ p50Ms: quantile(lags, 0.5), p99Ms: quantile(lags, 0.99) }),
    note: `${sizes.saves} saves`,
  };
}

async function sessionWithCart({ shop, settle }: BenchStack) {
  const session = await shop.newSession();
  await shop.addItem(session.path, 'apple');
  await settle();
  return session;
}
