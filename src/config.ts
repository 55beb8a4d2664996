import { readDatabase, type DatabaseConfig } from './config/database.ts';
import { readLimits, type LimitsConfig } from './config/limits.ts';
import { ConfigError, loadConfig, type Env, type SettingsReader } from './config/settings.ts';
import {
  cartSettings,
  catalogCacheSettings,
  catalogSettings,
  checkoutSettings,
  demoSettings,
  httpSettings,
  type LOG_LEVELS,
  paymentSettings,
  paymentWebhookSettings,
  processSettings,
  reservationSettings,
  sessionSettings,
  settingNames,
  streamSettings,
} from './config/shards.ts';
import { readHttpServer, type HttpServerLimits } from './config/http-server.ts';
import { readTemporal, type TemporalConfig } from './config/temporal.ts';
import { readUsers, type UsersConfig } from './config/users.ts';
import { readWebhooks, type WebhookConfig } from './config/webhooks.ts';
import { readWorker, type WorkerProcessConfig } from './config/worker.ts';

export { loadBinariesConfig, loadDevConfig, type BinariesConfig, type DevConfig } from './config/dev.ts';
export { ConfigError, settingNames, type Env };
export type { HttpServerLimits, TemporalConfig, UsersConfig };

type LogLevel = (typeof LOG_LEVELS)[number];
type CatalogMode = 'open' | 'strict';

interface ProcessConfig {
  env: 'development' | 'production';
  logLevel: LogLevel;
}

export interface ApiConfig extends ProcessConfig {
  http: {
    host: string;
    port: number;
    waitDefaultMs: number;
    waitMaxMs: number;
    bodyLimitBytes: number;
    shutdownGraceMs: number;
    cookieSecure: boolean;
    /** Opens the admin endpoints; without it there are none. */
    adminToken: string | undefined;
    /** A file to serve at /demo. */
    demoPagePath: string | undefined;
    /** How long scrapes share the counts that they read. */
    metricsCacheMs: number;
    /** Whose pages may call the API. */
    corsOrigins: readonly string[];
    server: HttpServerLimits;
  };
  /** Live carts. */
  streams: { heartbeatMs: number; perCart: number; perProcess: number };
  database: DatabaseConfig;
  temporal: TemporalConfig;
  /** The first secret signs, all of them verify. */
  sessions: { secrets: readonly [string, ...string[]]; ttlMs: number };
  /** Absent in a shop that has guests only. */
  users?: UsersConfig;
  cart: {
    currency: string;
    ttlMs: number;
    continueAsNewAfterEvents: number;
    reservationAttemptTimeoutMs: number;
    reservationGiveUpAfterMs: number;
    paymentAttemptTimeoutMs: number;
    holdMaxAgeMs: number;
    callsAtMost: number;
  };
  /** How long a checkout waits for reservations, and its order for the payment. */
  checkout: { waitMs: number; payWithinMs: number };
  /** Any of them verifies. */
  payments: { webhookSecrets: readonly [string, ...string[]] };
  catalog: { mode: CatalogMode; cacheMs: number };
  limits: LimitsConfig;
}

export interface WorkerConfig extends ProcessConfig {
  database: DatabaseConfig;
  temporal: TemporalConfig;
  reservation: { url: string };
  payment: { url: string };
  catalog: { mode: CatalogMode };
  /** Absent without a receiver: events then wait in the outbox. */
  webhooks?: WebhookConfig;
  worker: WorkerProcessConfig;
}

export interface MigrateConfig extends ProcessConfig {
  database: DatabaseConfig;
  temporal: TemporalConfig;
}

function readProcess(reader: SettingsReader): ProcessConfig {
  const { NODE_ENV, LOG_LEVEL } = reader.read(processSettings);
  return { env: NODE_ENV === 'production' ? 'production' : 'development', logLevel: LOG_LEVEL };
}

function readHttp(reader: SettingsReader, process: ProcessConfig): ApiConfig['http'] {
  const settings = reader.read(httpSettings);
  if (settings.COMMAND_WAIT > settings.COMMAND_WAIT_MAX) {
    reader.problem(
      'COMMAND_WAIT',
      `must not be longer than COMMAND_WAIT_MAX (${settings.COMMAND_WAIT_MAX} ms)`,
    );
  }
  return {
    host: settings.HOST,
    port: settings.PORT,
    waitDefaultMs: settings.COMMAND_WAIT,
    waitMaxMs: settings.COMMAND_WAIT_MAX,
    bodyLimitBytes: settings.BODY_LIMIT_BYTES,
    shutdownGraceMs: settings.API_SHUTDOWN_GRACE,
    cookieSecure: settings.COOKIE_SECURE ?? process.env === 'production',
    adminToken: settings.ADMIN_TOKEN,
    demoPagePath: reader.read(demoSettings).DEMO_PAGE,
    metricsCacheMs: settings.METRICS_CACHE,
    corsOrigins: settings.CORS_ORIGINS,
    server: readHttpServer(reader),
  };
}

function readStreams(reader: SettingsReader): ApiConfig['streams'] {
  const settings = reader.read(streamSettings);
  return {
    heartbeatMs: settings.STREAM_HEARTBEAT,
    perCart: settings.STREAMS_PER_CART,
    perProcess: settings.STREAMS_MAX,
  };
}

function readCart(reader: SettingsReader): ApiConfig['cart'] {
  const settings = reader.read(cartSettings);
  const attemptMs = settings.RESERVATION_ATTEMPT_TIMEOUT;
  if (settings.RESERVATION_GIVE_UP_AFTER <= attemptMs) {
    const mend = `must be longer than RESERVATION_ATTEMPT_TIMEOUT (${attemptMs} ms)`;
    reader.problem('RESERVATION_GIVE_UP_AFTER', mend);
  }
  return {
    currency: settings.CURRENCY,
    ttlMs: settings.CART_TTL,
    continueAsNewAfterEvents: settings.CART_CONTINUE_AS_NEW_EVENTS,
    reservationAttemptTimeoutMs: attemptMs,
    reservationGiveUpAfterMs: settings.RESERVATION_GIVE_UP_AFTER,
    paymentAttemptTimeoutMs: settings.PAYMENT_ATTEMPT_TIMEOUT,
    holdMaxAgeMs: settings.HOLD_MAX_AGE,
    callsAtMost: settings.CART_CALLS_AT_ONCE,
  };
}

function readCheckout(reader: SettingsReader): ApiConfig['checkout'] {
  const { CHECKOUT_WAIT, PAYMENT_WINDOW } = reader.read(checkoutSettings);
  return { waitMs: CHECKOUT_WAIT, payWithinMs: PAYMENT_WINDOW };
}

/** Throws `ConfigError`, as the other loaders. */
export function loadApiConfig(env: Env): ApiConfig {
  return loadConfig(env, (reader) => {
    const process = readProcess(reader);
    const sessions = reader.read(sessionSettings);
    return {
      ...process,
      http: readHttp(reader, process),
      streams: readStreams(reader),
      database: readDatabase(reader),
      temporal: readTemporal(reader),
      sessions: { secrets: sessions.SESSION_SECRET, ttlMs: sessions.SESSION_TTL },
      ...readUsers(reader),
      cart: readCart(reader),
      checkout: readCheckout(reader),
      payments: { webhookSecrets: reader.read(paymentWebhookSettings).PAYMENT_WEBHOOK_SECRET },
      catalog: {
        mode: reader.read(catalogSettings).CATALOG,
        cacheMs: reader.read(catalogCacheSettings).CATALOG_CACHE,
      },
      limits: readLimits(reader, process.env),
    };
  });
}

export function loadWorkerConfig(env: Env): WorkerConfig {
  return loadConfig(env, (reader) => {
    const process = readProcess(reader);
    return {
      ...process,
      database: readDatabase(reader),
      temporal: readTemporal(reader),
      reservation: { url: reader.read(reservationSettings).RESERVATION_URL },
      payment: { url: reader.read(paymentSettings).PAYMENT_URL },
      catalog: { mode: reader.read(catalogSettings).CATALOG },
      ...readWebhooks(reader),
      worker: readWorker(reader, process.env),
    };
  });
}

/** Also for the other programs that operators run. */
export function loadMigrateConfig(env: Env): MigrateConfig {
  return loadConfig(env, (reader) => ({
    ...readProcess(reader),
    database: readDatabase(reader),
    temporal: readTemporal(reader),
  }));
}

/** The process environment, with a `.env` file of the working directory behind it. */
export function processEnvironment(): Env {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return process.env;
}
