import { createWriteStream } from 'node:fs';
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
import { createLink, type Link } from './faults/link.ts';
import { startPart, type Part } from './faults/part.ts';
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

/** Of a hold, after its cart has expired: what is to let it go may be away for some of it. */
const holdLagMaxMs = 60_000;

export interface Stack {
  world: World;
  /** All of the API, for clients that try one after the other. */
  apiUrls: string[];
  parts: Map<string, Part>;
  links: Map<string, Link>;
  folder: string;
  stop(options: { keepFolder: boolean }): Promise<void>;
}

export interface StackOptions {
  reservationLatencyMs: number;
  log: (line: string) => void;
}

/** The shop as separate processes, each of which reaches the others only by links that can be cut. */
export async function startStack({ reservationLatencyMs, log }: StackOptions): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-chaos-'));
  await chmod(folder, 0o755);
  const logOf = (name: string) => {
    const file = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    return (line: string) => void file.write(`${new Date().toISOString()} ${line}\n`);
  };
  const parts = new Map<string, Part>();
  const links = new Map<string, Link>();
  const startedAtMs = Date.now();

  async function run(name: string, launch: (onLine: (line: string) => void) => Promise<Child>) {
    const onLine = logOf(name);
    parts.set(name, await startPart({ name, launch: () => launch(onLine), log }));
  }
  async function link(from: string, to: string, ...ports: number[]): Promise<number> {
    const created = await createLink(`${from}→${to}`, ports);
    links.set(created.name, created);
    return created.port;
  }

  const database = await startDatabase(run, folder);
  const temporalPort = await startTemporal(run, folder);
  const temporalAddress = `${host}:${temporalPort}`;
  const apiPorts = [await freePort(), await freePort()];
  const webhookPort = await link('payments', 'api', ...apiPorts);
  const env: Record<string, string> = {
    ...(await stackEnv({ folder, databaseUrl: database.url, temporalAddress, api: at(webhookPort) })),
    ...timings,
    ...userSettings,
    RESERVATION_LATENCY_MS: String(reservationLatencyMs),
  };
  const [reservationsUrl, paymentsUrl] = [settingOf(env, 'RESERVATION_URL'), settingOf(env, 'PAYMENT_URL')];
  await run('reservations', (onLine) => startStub('reservation-stub', env, reservationsUrl, onLine));
  await run('payments', (onLine) => startStub('payment-stub', env, paymentsUrl, onLine));

  /** What a process reaches of the others, by links of its own. */
  const through = async (name: string, ...services: ('reservations' | 'payments')[]) => ({
    ...env,
    DATABASE_URL: withPort(database.url, await link(name, 'postgres', database.port)),
    TEMPORAL_ADDRESS: `${host}:${await link(name, 'temporal', temporalPort)}`,
    ...(services.includes('reservations') && {
      RESERVATION_URL: at(await link(name, 'reservations', portOf(reservationsUrl))),
    }),
    ...(services.includes('payments') && {
      PAYMENT_URL: at(await link(name, 'payments', portOf(paymentsUrl))),
    }),
  });
  for (const name of ['worker-1', 'worker-2']) {
    const own = await through(name, 'reservations', 'payments');
    await run(name, (onLine) => startBuilt('worker.js', own, onLine));
  }
  for (const [index, port] of apiPorts.entries()) {
    const name = `api-${index + 1}`;
    const own = { ...(await through(name)), PORT: String(port) };
    await run(name, (onLine) => startApi(own, port, onLine));
  }

  const apiUrls = apiPorts.map(at);
  return {
    world: {
      apiUrl: apiUrls[0] as string,
      databaseUrl: database.url,
      temporalAddress,
      namespace: 'default',
      taskQueue: settingOf(env, 'TEMPORAL_TASK_QUEUE'),
      reservationsUrl,
      paymentsUrl,
      startedAtMs,
      holdLagMaxMs,
      bundlePath: resolve('dist/workflow-bundle.js'),
    },
    apiUrls,
    parts,
    links,
    folder,
    async stop({ keepFolder }) {
      // The servers last, so that nobody misses them.
      for (const part of [...parts.values()].toReversed()) await part.stop();
      for (const one of links.values()) one.close();
      if (!keepFolder) await rm(folder, { recursive: true, force: true });
    },
  };
}

type Run = (name: string, launch: (onLine: (line: string) => void) => Promise<Child>) => Promise<void>;

async function startDatabase(run: Run, folder: string): Promise<{ url: string; port: number }> {
  const port = await freePort();
  let url = '';
  await run('postgres', async (log) => {
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), host, port, log });
    url = postgres.url;
    return postgres.child;
  });
  await migrateDatabase(url);
  return { url, port };
}

async function startTemporal(run: Run, folder: string): Promise<number> {
  const cliPath = await findTemporalProgram('temporal', {
    config: loadBinariesConfig(process.env),
    cacheDir: resolve('.cache/temporal'),
    log: (line) => console.log(line),
  });
  const port = await freePort();
  const dbFilename = join(folder, 'temporal.db');
  await run(
    'temporal',
    async (log) => (await startTemporalServer({ cliPath, host, port, dbFilename, log })).child,
  );
  return port;
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
const portOf = (url: string): number => Number(new URL(url).port);

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
