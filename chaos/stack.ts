import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadBinariesConfig } from '../src/config.ts';
import { answersHttp, waitUntilReady, type Child } from '../src/dev/child-process.ts';
import { startEmbeddedPostgres } from '../src/dev/embedded-postgres.ts';
import { freePort } from '../src/dev/ports.ts';
import { findTemporalProgram } from '../src/dev/temporal-binaries.ts';
import { startTemporalServer } from '../src/dev/temporal-server.ts';
import { migrateDatabase } from '../src/platform/migrations.ts';
import { startBuilt } from '../test/support/built-process.ts';
import { stackEnv } from '../test/support/built-stack.ts';
import { userSettings } from '../test/support/tokens.ts';
import { createVictims, type Victims } from './faults/victims.ts';
import { stockShelves } from './shop/goods.ts';
import type { World } from './world.ts';

const host = '127.0.0.1';
const readyWithinMs = 60_000;

/** Short, so that much comes due while faults happen. */
const timings = {
  CART_TTL: '20s',
  PAYMENT_WINDOW: '20s',
  CHECKOUT_WAIT: '15s',
  // A killed worker's call is repeated after this long.
  RESERVATION_ATTEMPT_TIMEOUT: '10s',
  PAYMENT_ATTEMPT_TIMEOUT: '10s',
  CART_CONTINUE_AS_NEW_EVENTS: '100',
};

/** Little enough that a long run sells something out. */
const goods = { CATALOG: 'strict', RESERVATION_STOCK: '250' };

/** Of a hold, after its cart has expired: what is to let it go may be away for some of it. */
const holdLagMaxMs = 60_000;

export interface Stack {
  world: World;
  /** All of the API, by the shoppers' own links, for clients that try one after the other. */
  apiUrls: string[];
  victims: Victims;
  /** Of the data, and the logs of all parts. */
  folder: string;
  stop(options: { keepFolder: boolean }): Promise<void>;
}

export interface StackOptions {
  reservationLatencyMs: number;
  log: (line: string) => void;
}

/** The shop as separate processes: each reaches the others, and shoppers its APIs, only by links that can be cut. */
export async function startStack({ reservationLatencyMs, log }: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-chaos-'));
  await chmod(folder, 0o755);
  const victims = createVictims(folder, log);
  async function stop({ keepFolder }: { keepFolder: boolean }): Promise<void> {
    await victims.stop();
    if (!keepFolder) await rm(folder, { recursive: true, force: true });
  }
  try {
    const { world, apiUrls } = await startParts(victims, folder, reservationLatencyMs);
    return { world, apiUrls, victims, folder, stop };
  } catch (error) {
    await stop({ keepFolder: true });
    throw error;
  }
}

async function startParts(
  victims: Victims,
  folder: string,
  reservationLatencyMs: number,
): Promise<Pick<Stack, 'world' | 'apiUrls'>> {
  const startedAtMs = Date.now();
  const database = await startDatabase(victims, folder);
  const temporal = await startTemporal(victims, folder);
  const apiPorts = [await freePort(), await freePort()];
  const webhookPort = await victims.link('payments', 'api', ...apiPorts);
  const env: Record<string, string> = {
    ...(await stackEnv({
      folder,
      databaseUrl: database.url,
      temporalAddress: temporal.host,
      api: at(webhookPort),
    })),
    ...timings,
    ...goods,
    ...userSettings,
    RESERVATION_LATENCY_MS: String(reservationLatencyMs),
  };
  const world: World = {
    apiUrl: apiPorts.map(at)[0] ?? '',
    databaseUrl: database.url,
    temporalAddress: temporal.host,
    namespace: 'default',
    taskQueue: settingOf(env, 'TEMPORAL_TASK_QUEUE'),
    reservationsUrl: settingOf(env, 'RESERVATION_URL'),
    paymentsUrl: settingOf(env, 'PAYMENT_URL'),
    startedAtMs,
    holdLagMaxMs,
    bundlePath: resolve('dist/workflow-bundle.js'),
  };
  await startService(victims, { world, env, apiPorts });
  const apiUrls: string[] = [];
  for (const [index, port] of apiPorts.entries()) {
    apiUrls.push(at(await victims.link('shoppers', apiName(index), port)));
  }
  return { world, apiUrls };
}

const apiName = (index: number): string => `api-${index + 1}`;

interface ServiceOptions {
  world: World;
  env: Record<string, string>;
  apiPorts: number[];
}

/** Both stubs, two workers and the API. */
async function startService(victims: Victims, { world, env, apiPorts }: ServiceOptions): Promise<void> {
  const { databaseUrl, temporalAddress, reservationsUrl, paymentsUrl } = world;
  const stores = { DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: `http://${temporalAddress}` };
  const services = { RESERVATION_URL: reservationsUrl, PAYMENT_URL: paymentsUrl };

  /** The same addresses, by links of its own. */
  async function linked(from: string, urls: Record<string, string>): Promise<Record<string, string>> {
    const own: Record<string, string> = {};
    for (const [name, url] of Object.entries(urls)) {
      const through = new URL(url);
      through.port = String(await victims.link(from, partOf[name] ?? name, Number(through.port)));
      own[name] = name === 'TEMPORAL_ADDRESS' ? through.host : through.href.replace(/\/$/, '');
    }
    return { ...env, ...own };
  }

  await victims.run('reservations', (log) => startStub('reservation-stub', env, reservationsUrl, log));
  await victims.run('payments', (log) => startStub('payment-stub', env, paymentsUrl, log));
  for (const name of ['worker-1', 'worker-2']) {
    const own = await linked(name, { ...stores, ...services });
    await victims.run(name, (log) => startBuilt('worker.js', own, log));
  }
  for (const [index, port] of apiPorts.entries()) {
    const name = apiName(index);
    const own = { ...(await linked(name, stores)), PORT: String(port) };
    await victims.run(name, (log) => startApi(own, port, log));
  }
}

const partOf: Record<string, string> = {
  DATABASE_URL: 'postgres',
  TEMPORAL_ADDRESS: 'temporal',
  RESERVATION_URL: 'reservations',
  PAYMENT_URL: 'payments',
};

async function startDatabase(victims: Victims, folder: string): Promise<{ url: string }> {
  const port = await freePort();
  let url = '';
  await victims.run('postgres', async (log) => {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), host, port, log });
    url = postgres.url;
    return postgres.child;
  });
  await migrateDatabase(url);
  await stockShelves(url);
  return { url };
}

async function startTemporal(victims: Victims, folder: string): Promise<{ host: string }> {
  const cliPath = await findTemporalProgram('temporal', {
    config: loadBinariesConfig(process.env),
    cacheDir: resolve('.cache/temporal'),
    log: (line) => console.log(line),
  });
  const port = await freePort();
  const dbFilename = join(folder, 'temporal.db');
  await victims.run(
    'temporal',
    async (log) => (await startTemporalServer({ cliPath, host, port, dbFilename, log })).child,
  );
  return { host: `${host}:${port}` };
}

async function startStub(
  name: string,
  env: Record<string, string>,
  url: string,
  onLine: (line: string) => void,
): Promise<Child> {
  const child = await startBuilt(`dev/${name}/main.js`, env, onLine);
  await waitUntilReady(child, () => answersHttp(`${url}/ledger`), { deadlineMs: readyWithinMs });
  return child;
}

/** Ready when it listens: what it needs may be away. */
async function startApi(
  env: Record<string, string>,
  port: number,
  onLine: (line: string) => void,
): Promise<Child> {
  const child = await startBuilt('api.js', env, onLine);
  const answersAtAll = async () => (await fetch(`${at(port)}/readyz`)).status > 0;
  await waitUntilReady(child, answersAtAll, { deadlineMs: readyWithinMs });
  return child;
}

function settingOf(env: Record<string, string>, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

const at = (port: number): string => `http://${host}:${port}`;
