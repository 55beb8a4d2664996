import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import postgres from 'postgres';
import { inject } from 'vitest';
import { createApi } from '../../src/composition/create-api.ts';
import { createCartWorker } from '../../src/composition/create-worker.ts';
import { loadApiConfig, loadWorkerConfig } from '../../src/config.ts';
import { defaultControl as paymentDefaults } from '../../src/dev/payment-stub/control.ts';
import { startPaymentStub } from '../../src/dev/payment-stub/start.ts';
import { defaultControl, type Control, type ControlChange } from '../../src/dev/reservation-stub/control.ts';
import type { Hold } from '../../src/dev/reservation-stub/ledger.ts';
import { startReservationStub } from '../../src/dev/reservation-stub/start.ts';
import { closeDatabase, createDatabase } from '../../src/platform/database.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrateDatabase } from '../../src/platform/migrations.ts';
import { createTemporalClient } from '../../src/platform/temporal-client.ts';
import { highQuotas } from './high-quotas.ts';
import { createPaymentStubClient, testWebhookSecret } from './payment-stub-client.ts';
import { createShopper } from './shopper.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { replayCarts } from './replay-carts.ts';

const host = '127.0.0.1';

export interface ShopOptions {
  control?: Partial<Control>;
  /** Settings on top of the defaults, as environment variables. */
  env?: Record<string, string>;
  worker?: boolean;
  /** Instead of the run's own servers, for tests that end them. */
  databaseUrl?: string;
  temporalAddress?: string;
  /** Puts something between the shop and the others: the address to use instead of this one. */
  via?: (url: string) => Promise<string>;
}

const directly = async (url: string): Promise<string> => url;

/** The whole service over real parts, with a database and a task queue of its own; everything speaks HTTP or TCP. */
export async function openShop(options: ShopOptions = {}) {
  const { control, env = {}, worker = true, via = directly, ...servers } = options;
  quietTemporal();
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-shop-'));
  const databaseUrl = servers.databaseUrl ?? (await createDatabaseUrl());
  await migrateDatabase(databaseUrl);
  const stubConfig = {
    host,
    port: 0,
    ledgerPath: join(folder, 'reservations.jsonl'),
    control: { ...defaultControl, latencyMs: 0, ...control },
  };
  const stub = await startReservationStub(stubConfig);
  const paymentStub = await startPaymentStub({
    host,
    port: 0,
    ledgerPath: join(folder, 'payments.jsonl'),
    webhookSecret: testWebhookSecret,
    // Nobody listens yet: the shop's API takes its port later.
    control: { ...paymentDefaults, webhooks: 'hold' },
  });
  const payments = createPaymentStubClient(paymentStub.url);
  const settings = {
    DATABASE_URL: await via(databaseUrl),
    TEMPORAL_ADDRESS: servers.temporalAddress ?? inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: `carts-${randomUUID()}`,
    SESSION_SECRET: 'a secret that only the tests know about',
    RESERVATION_URL: await via(stub.url),
    PAYMENT_URL: await via(paymentStub.url),
    PAYMENT_WEBHOOK_SECRET: testWebhookSecret,
    CATALOG: 'open',
    PORT: '0',
    // A busy machine must not make a 202 of a 201: tests that want one ask for it.
    COMMAND_WAIT: '20s',
    COMMAND_WAIT_MAX: '30s',
    ...highQuotas,
    ...env,
  };
  const apiConfig = loadApiConfig(settings);
  const api = createApi(apiConfig, createLogger({ level: 'silent', service: 'api' }));
  const server = await startHttpServer({ ...api.serving, host, port: 0 });
  const url = `http://${host}:${server.port}`;
  await payments.control({ webhookUrl: await via(`${url}/api/v1/webhooks/payments`), webhooks: 'on' });
  // For histories of large commands: a page of one may have more than the usual 4 MiB.
  const channelArgs = { 'grpc.max_receive_message_length': -1 };
  const temporal = createTemporalClient({
    ...apiConfig.temporal,
    connection: Object.assign({ channelArgs }, apiConfig.temporal.connection),
  });
  const workers = createWorkers(settings);
  if (worker) await workers.start();
  const database = createDatabase({ url: databaseUrl, poolSize: 10, applicationName: 'test' });

  return {
    url,
    settings,
    temporal,
    workers,
    stub: createStubClient(stub.url),
    payments,
    sql: postgres(databaseUrl, { max: 2, onnotice: () => {} }),
    /** For tests of what is built on it; like the other, it connects on first use. */
    database,
    newShopper: () => createShopper(url),
    /** Without `replay` when other builds have run carts, too: whoever started those replays each with its own. */
    async close({ replay } = { replay: true }) {
      await this.sql.end({ timeout: 1 });
      await closeDatabase(database);
      await workers.stop();
      const runs = temporal.workflow.list({ query: `TaskQueue = "${settings.TEMPORAL_TASK_QUEUE}"` });
      if (replay) await replayCarts(runs.intoHistories({ concurrency: 4 }), workflowSource());
      await server.close(0);
      await api.close();
      await temporal.connection.close();
      await stub.close();
      await paymentStub.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

const workflowSource = () => ({ workflowBundle: { codePath: inject('bundlePath') } });

async function createDatabaseUrl(): Promise<string> {
  const url = new URL(inject('postgresUrl'));
  const name = `shop_${randomUUID().replaceAll('-', '')}`;
  const admin = postgres(url.href, { max: 1 });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  url.pathname = name;
  return url.href;
}

/** Workers in this process; tests that kill one run the built program instead. */
function createWorkers(settings: Record<string, string>) {
  let stopAll: (() => Promise<void>)[] = [];
  return {
    async start() {
      const config = loadWorkerConfig({ WORKER_SHUTDOWN_GRACE: '0ms', ...settings });
      const connection = await NativeConnection.connect(config.temporal.connection);
      const { worker, close } = await createCartWorker(config, connection, workflowSource());
      const running = worker.run();
      stopAll.push(async () => {
        worker.shutdown();
        await running;
        await connection.close();
        await close();
      });
    },
    async stop() {
      const stops = stopAll;
      stopAll = [];
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function createStubClient(url: string) {
  const json = async (path: string, init?: RequestInit) => (await fetch(new URL(path, url), init)).json();
  const ledger = (query = '') =>
    json(`/ledger${query}`) as Promise<{ holds: Hold[]; calls: Record<string, number> }>;
  return {
    url,
    control: (change: ControlChange): Promise<Control> =>
      json('/control', { method: 'PUT', body: JSON.stringify(change) }) as Promise<Control>,
    ledger,
    /** Units of all standing holds of a cart. */
    async heldUnits(cartId: string) {
      const { holds } = await ledger(`?prefix=${cartId}.`);
      return holds.filter(({ state }) => state === 'held').reduce((sum, { quantity }) => sum + quantity, 0);
    },
  };
}
