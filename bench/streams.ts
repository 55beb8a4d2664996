import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { startBuiltStack } from '../test/support/built-stack.ts';
import { compare, drive, printComparison, quantile } from './support/load.ts';
import { createShopClient } from './support/shop-client.ts';
import { openStream, openStreams, type OpenStream } from './support/stream-client.ts';

const concurrency = 16;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const addsPerRound = Number(process.env['BENCH_ADDS'] ?? 400);
const streamCount = Number(process.env['BENCH_STREAMS'] ?? 2_000);
const saves = Number(process.env['BENCH_SAVES'] ?? 500);
const activeCarts = 64;
const settleMs = 5_000;

/**
 * What open streams cost one API process: memory, and the adds of others. Each stream has a cart of its own; those
 * of the carts that are added to hear of every change. Streams, adds and servers share the machine.
 */
const stack = await startBuiltStack({ reservationLatencyMs: 0 });
try {
  const shop = createShopClient(stack.api);
  const carts = await Promise.all(Array.from({ length: activeCarts }, shop.newSession));
  for (const { path } of carts) await shop.addItem(path, 'apple');
  const idle = await Promise.all(Array.from({ length: streamCount - activeCarts }, shop.newSession));
  const urls = [...carts, ...idle].map(({ path }) => `${stack.api}${path}/events`);
  const add = () =>
    drive(addsPerRound, concurrency, (i) => shop.addItem(carts[i % activeCarts]!.path, 'apple'));

  // The heap of a process that has worked, as it would have without streams.
  await add();
  await printMemory(urls);
  printComparison(
    await compare(
      `add-item with ${streamCount} open streams ÷ without`,
      rounds,
      async () => {
        const streams = await openStreams(urls, concurrency);
        const load = await add();
        await closeAll(streams);
        return load;
      },
      add,
    ),
  );
  await printLag(urls);
} finally {
  await stack.stop();
}
process.exit(0);

async function printMemory(streamUrls: readonly string[]): Promise<void> {
  await pause(settleMs);
  const before = await residentKiB();
  const startedAt = performance.now();
  const streams = await openStreams(streamUrls, concurrency);
  const openedInMs = performance.now() - startedAt;
  await pause(settleMs);
  const open = await residentKiB();
  await closeAll(streams);
  const mib = (kib: number) => `${(kib / 1_024).toFixed(0)} MiB`;
  console.log(`\nmemory of the API process (resident), ${streamCount} streams`);
  console.log(
    `  without / with   ${mib(before)} / ${mib(open)}; ${mib(await residentKiB())} after they are closed`,
  );
  console.log(`  a stream         ${((open - before) / streamCount).toFixed(1)} KiB`);
  console.log(`  opened in        ${(openedInMs / 1_000).toFixed(1)} s`);
}

async function closeAll(streams: readonly OpenStream[]): Promise<void> {
  for (const stream of streams) stream.close();
  await pause(settleMs);
}

async function residentKiB(): Promise<number> {
  const status = await readFile(`/proc/${stack.pids.api}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
}

/** From sending a save to Postgres, as the projector would, until its event is at the client; the others are idle. */
async function printLag(streamUrls: readonly string[]): Promise<void> {
  const sql = postgres(stack.databaseUrl, { max: 1 });
  const others = await openStreams(streamUrls.slice(1), concurrency);
  const { path, cartId } = await shopWithOneCart();
  let onVersion = (_version: number) => {};
  const watching = await openStream(`${stack.api}${path}/events`, {
    onVersion: (version) => onVersion(version),
  });
  await pause(settleMs);
  const notice = JSON.stringify({ cartId, version: 0, operationIds: [] });
  const lags: number[] = [];
  for (let save = 0; save < saves; save += 1) {
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
  lags.sort((a, b) => a - b);
  const at = (q: number) => quantile(lags, q).toFixed(1);
  console.log(
    `\nfrom sending a save to its event at the client, ${streamCount} streams open, ${saves} saves`,
  );
  console.log(`  p50/p99          ${at(0.5)} / ${at(0.99)} ms`);
  watching.close();
  await closeAll(others);
  await sql.end();
}

async function shopWithOneCart() {
  const shop = createShopClient(stack.api);
  const session = await shop.newSession();
  await shop.addItem(session.path, 'apple');
  await pause(settleMs);
  return session;
}
