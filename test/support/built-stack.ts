import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadBinariesConfig } from '../../src/config.ts';
import { startChild, waitUntilReady, type Child } from '../../src/dev/child-process.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { findTemporalProgram } from '../../src/dev/temporal-binaries.ts';
import { startTemporalServer } from '../../src/dev/temporal-server.ts';
import { migrateDatabase } from '../../src/platform/migrations.ts';
import { highQuotas } from './high-quotas.ts';
import { testWebhookSecret } from './payment-stub-client.ts';

const host = '127.0.0.1';
const silent = () => {};
const fetchLine = (line: string) => console.log(line);

export interface BuiltStackOptions {
  reservationLatencyMs: number;
  /** Settings on top of the defaults. */
  env?: Record<string, string>;
  /** Settings of the Temporal server by their key. */
  dynamicConfig?: Readonly<Record<string, number>>;
}

/** The built programs as processes of their own, as in production, on fresh data and free ports. */
export async function startBuiltStack(options: BuiltStackOptions) {
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-stack-'));
  await chmod(folder, 0o755);
  const cliPath = await findTemporalProgram('temporal', {
    config: loadBinariesConfig(process.env),
    cacheDir: resolve('.cache/temporal'),
    log: fetchLine,
  });
  const [postgres, temporal] = await Promise.all([
    startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), host, port: await freePort(), log: silent }),
    startTemporalServer({
      cliPath,
      host,
      port: await freePort(),
      dbFilename: join(folder, 'temporal.db'),
      ...(options.dynamicConfig && { dynamicConfig: options.dynamicConfig }),
      log: silent,
    }),
  ]);
  await migrateDatabase(postgres.url);
  const apiPort = await freePort();
  const api = `http://${host}:${apiPort}`;
  const env: Record<string, string> = {
    ...(await stackEnv({ folder, databaseUrl: postgres.url, temporalAddress: temporal.address, api })),
    RESERVATION_LATENCY_MS: String(options.reservationLatencyMs),
    PORT: String(apiPort),
    ...options.env,
  };
  const children: Child[] = [];

  async function run(name: string, script: string, extra: Record<string, string> = {}): Promise<Child> {
    const program = {
      name,
      command: process.execPath,
      args: [script],
      env: { ...env, ...extra },
      onLine: console.error,
    };
    const started = await startChild(program);
    children.push(started);
    return started;
  }

  const stubProcess = await run('stub', 'dist/src/dev/reservation-stub/main.js');
  await run('payments', 'dist/src/dev/payment-stub/main.js');
  const workerProcess = await run('worker', 'dist/src/worker.js');
  const apiProcess = await run('api', 'dist/src/api.js');
  await waitUntilReady(apiProcess, () => answers(`${api}/readyz`), { deadlineMs: 30_000 });

  return {
    api,
    stub: env['RESERVATION_URL'] ?? '',
    payments: env['PAYMENT_URL'] ?? '',
    env,
    /** Of the servers' data and the stubs' books. */
    folder,
    run,
    worker: workerProcess,
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    pids: {
      temporal: temporal.pid,
      postgres: postgres.pid,
      stub: stubProcess.pid,
      worker: workerProcess.pid,
      api: apiProcess.pid,
    },
    async stop() {
      await Promise.all(children.map((child) => child.stop({ deadlineMs: 200 })));
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface StackEnvOptions {
  /** For the stubs' books. */
  folder: string;
  databaseUrl: string;
  temporalAddress: string;
  /** Where the payment stub tells of payments. */
  api: string;
}

/** What the programs of one stack must agree on, with a task queue and ports of its own for the stubs. */
export async function stackEnv(options: StackEnvOptions): Promise<Record<string, string>> {
  const [stubPort, paymentPort] = [await freePort(), await freePort()];
  return {
    PATH: process.env['PATH'] ?? '',
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    DATABASE_URL: options.databaseUrl,
    TEMPORAL_ADDRESS: options.temporalAddress,
    TEMPORAL_TASK_QUEUE: `carts-${randomUUID()}`,
    SESSION_SECRET: 'a secret that only this stack knows about',
    RESERVATION_URL: `http://${host}:${stubPort}`,
    RESERVATION_PORT: String(stubPort),
    RESERVATION_STOCK: '100000000',
    RESERVATION_LEDGER: join(options.folder, 'reservations.jsonl'),
    PAYMENT_URL: `http://${host}:${paymentPort}`,
    PAYMENT_PORT: String(paymentPort),
    PAYMENT_LEDGER: join(options.folder, 'payments.jsonl'),
    PAYMENT_WEBHOOK_URL: `${options.api}/api/v1/webhooks/payments`,
    PAYMENT_WEBHOOK_SECRET: testWebhookSecret,
    CATALOG: 'open',
    ...highQuotas,
  };
}

export async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
