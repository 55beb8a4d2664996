import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startChild, type Child } from '../src/dev/child-process.ts';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres.ts';
import { freePort } from '../src/dev/ports.ts';
import { startBuilt } from '../test/support/built-process.ts';
import { stackEnv } from '../test/support/built-stack.ts';
import { measureCarts } from './cluster/cost-of-carts.ts';
import { connectionsByClient } from './cluster/postgres-figures.ts';
import { measureScaleOut, type ScaleOut } from './cluster/scale-out.ts';
import { measureIdle } from './cluster/idle.ts';
import { findServerPrograms } from './cluster/server-programs.ts';
import { medians, printSizing } from './cluster/sizing.ts';
import { startShop } from './cluster/shop-processes.ts';
import {
  describeScaleOut,
  printCarts,
  printConnections,
  printIdle,
  printScaleOut,
} from './cluster/tables.ts';
import { startTemporalCluster } from './cluster/temporal-cluster.ts';
import { loadNow } from './support/facts.ts';
import { createShopClient } from './support/shop-client.ts';

const setting = (name: string, byDefault: number) => Number(process.env[name] ?? byDefault);
const processes = (process.env['BENCH_PROCESSES'] ?? '1,2,3').split(',').map(Number);
const rounds = setting('BENCH_ROUNDS', 3);
const adds = setting('BENCH_ADDS', 200);
const reads = setting('BENCH_READS', 2_000);
const carts = setting('BENCH_CARTS', 300);
const hosts = setting('BENCH_HOSTS', 1);
const historyShards = setting('BENCH_SHARDS', 512);
const connections = 20;
const concurrency = 16;

/** How the service does on a Temporal cluster with Postgres, by the number of workers and of API processes. */
const say = (line: string) => void process.stderr.write(`${line}\n`);
const programs = await findServerPrograms(say);
const folder = await mkdtemp(join(tmpdir(), 'durable-cart-cluster-'));
await chmod(folder, 0o755);
const stops: (() => Promise<unknown>)[] = [];
let cleaning: Promise<void> | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().then(() => process.exit(1)));
}
try {
  say(`Starting Temporal: ${hosts} × 4 roles, ${historyShards} history shards, on a Postgres of its own …`);
  const cluster = await startTemporalCluster({ programs, folder, hosts, historyShards, connections });
  stops.push(cluster.stop);
  const database = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    host: '127.0.0.1',
    port: await freePort(),
    log: () => {},
  });
  stops.push(database.stop);
  const [temporalAddress = ''] = cluster.addresses;
  const env = {
    ...(await stackEnv({ folder, databaseUrl: database.url, temporalAddress, api: 'http://127.0.0.1:9' })),
    RESERVATION_LATENCY_MS: '0',
  };
  await toEnd(await startBuilt('migrate.js', env, say));
  const helpers = await Promise.all([
    startBuilt('dev/reservation-stub/main.js', env),
    startBuilt('dev/payment-stub/main.js', env),
    startBareWorker(temporalAddress),
  ]);
  for (const helper of helpers) stops.push(() => helper.stop({ deadlineMs: 200 }));
  const client = new Client({ connection: await Connection.connect({ address: temporalAddress }) });

  const { frontend, history, matching, worker } = cluster.pids;
  const pids = {
    'Temporal frontend': frontend,
    'Temporal history': history,
    'Temporal matching': matching,
    'Temporal worker': worker,
    "Temporal's Postgres": cluster.postgresPid,
    "shop's Postgres": database.pid,
    'reservation stub': helpers[0].pid,
  };
  const bareWorkerPid = helpers[2].pid;
  const sources = {
    stores: { temporal: [cluster.mainStore, cluster.visibilityStore], shop: [database.url] },
    metricsUrls: cluster.metricsUrls,
  };
  const withShop = async <T>(
    n: number,
    work: (shop: Awaited<ReturnType<typeof startShop>>) => Promise<T>,
  ) => {
    const shop = await startShop({ env, n, temporalAddresses: cluster.addresses });
    stops.push(shop.stop);
    return await work(shop).finally(shop.stop);
  };

  console.log(`Load of the machine before: ${loadNow()}`);
  const costOfCarts = await withShop(1, async (shop) => {
    say('What is idle costs …');
    const idle = await measureIdle({ ...pids, ...shop.pids }, sources);
    printIdle(idle);
    say(`What ${carts} carts cost …`);
    const cost = await measureCarts({ ...sources, shop, client, carts, concurrency, idle: idle.counters });
    printCarts(cost);
    return cost;
  });

  const results: ScaleOut[][] = [];
  const connected: { n: number; connections: Record<string, number> }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const row: ScaleOut[] = [];
    for (const n of processes) {
      say(`round ${round + 1} of ${rounds}: ${n} workers, ${n} API processes …`);
      await withShop(n, async (shop) => {
        const result = await measureScaleOut({
          ...{ n, shop, client, pids, bareWorkerPid },
          ...{ adds, reads, concurrency },
        });
        row.push(result);
        say(`  ${describeScaleOut(result)}`);
        if (round > 0) return;
        const [temporals, ours] = [
          await connectionsByClient(cluster.mainStore),
          await connectionsByClient(database.url),
        ];
        connected.push({ n, connections: { ...temporals, ...ours } });
      });
    }
    results.push(row);
  }
  printScaleOut(results);
  printConnections(connected);
  const ofOneEach = results.map((row) => row[0]!);
  printSizing({
    carts: costOfCarts,
    addCpu: medians(ofOneEach.map(({ cpu }) => cpu)),
    readCpu: medians(ofOneEach.map(({ cpuRead }) => cpuRead)),
    connections: connected[0]!.connections,
  });

  say('Comparing every open cart with its row …');
  await withShop(Math.max(...processes), async (shop) => {
    // Until there are workers to ask.
    const { newSession, addItem } = createShopClient(shop.urls[0]!);
    await addItem((await newSession()).path, 'apple');
    await toEnd(await startBuilt('drift.js', env, console.log));
  });
  console.log(`\nLoad of the machine after: ${loadNow()}`);
} finally {
  await cleanUp();
}
process.exit(0);

/** Once, whoever asks first: a signal makes the work above fail, which asks too. */
function cleanUp(): Promise<void> {
  cleaning ??= (async () => {
    for (const stop of stops.toReversed()) await stop();
    await rm(folder, { recursive: true, force: true });
  })();
  return cleaning;
}

async function startBareWorker(temporalAddress: string): Promise<Child> {
  return await startChild({
    name: 'bare worker',
    command: process.execPath,
    args: ['--import', 'tsx', 'bench/support/bare-worker.ts'],
    env: { PATH: process.env['PATH'] ?? '', TEMPORAL_ADDRESS: temporalAddress },
    onLine: console.error,
  });
}

async function toEnd(child: Child): Promise<void> {
  const { code } = await child.exited;
  if (code !== 0) throw new Error([`${child.name} failed`, ...child.tail()].join('\n'));
}
