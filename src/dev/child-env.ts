import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, loadApiConfig, loadWorkerConfig, type DevConfig } from '../config.ts';
import { loginSettings } from './login-settings.ts';
import { connectHost } from './ports.ts';

export interface StackUrls {
  databaseUrl: string;
  temporalAddress: string;
  reservationUrl: string;
  paymentUrl: string;
}

/** What the processes must agree on, and nobody else may know. */
export interface StackSecrets {
  session: string;
  paymentWebhook: string;
  admin: string;
  login: string;
}

export type ChildEnv = Readonly<Record<string, string>>;

/** What the processes of the stack get: the user's settings, and ours where the user has none. */
export function createChildEnv(config: DevConfig, urls: StackUrls, secrets: StackSecrets): ChildEnv {
  const given = config.childEnv;
  return {
    CATALOG: 'open',
    RESERVATION_LATENCY_MS: '2000',
    RESERVATION_LEDGER: join(config.dataDir, 'reservations.jsonl'),
    PAYMENT_LEDGER: join(config.dataDir, 'payments.jsonl'),
    PAYMENT_WEBHOOK_URL: `${apiUrlOf(config)}/api/v1/webhooks/payments`,
    PAYMENT_WEBHOOK_SECRET: secrets.paymentWebhook,
    // Ctrl-C is to be quick; a reservation that is cut off is made again by the next start.
    WORKER_SHUTDOWN_GRACE: '5s',
    API_SHUTDOWN_GRACE: '3s',
    DEMO_PAGE: resolve('src/dev/demo.html'),
    SESSION_SECRET: secrets.session,
    ADMIN_TOKEN: secrets.admin,
    ...loginSettings(given, secrets.login),
    ...(config.external.temporal === undefined ? onEmbeddedTemporal(given, urls.temporalAddress) : given),
    NODE_ENV: 'development',
    HOST: config.host,
    PORT: String(config.ports.api),
    DATABASE_URL: urls.databaseUrl,
    RESERVATION_URL: urls.reservationUrl,
    RESERVATION_PORT: String(config.ports.reservation),
    PAYMENT_URL: urls.paymentUrl,
    PAYMENT_PORT: String(config.ports.payment),
  };
}

export function apiUrlOf({ host, ports }: DevConfig): string {
  return `http://${connectHost(host)}:${ports.api}`;
}

/** The worker checks its grace against this timeout where it is set; here the grace is short on purpose. */
export function workerEnv(env: ChildEnv): ChildEnv {
  const { RESERVATION_ATTEMPT_TIMEOUT: _, ...rest } = env;
  return rest;
}

/** Nothing of a profile in the user's home, made for another server, may reach the embedded one. */
function onEmbeddedTemporal(given: ChildEnv, address: string): ChildEnv {
  const kept = Object.entries(given).filter(
    ([name]) =>
      !name.startsWith('TEMPORAL_') || name === 'TEMPORAL_NAMESPACE' || name === 'TEMPORAL_TASK_QUEUE',
  );
  return { ...Object.fromEntries(kept), TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: devNull };
}

/** Before anything starts: every problem that a child would stumble over later. Throws `ConfigError`. */
export function checkChildEnv(env: ChildEnv): void {
  const problems = [() => loadApiConfig(env), () => loadWorkerConfig(workerEnv(env))].flatMap(problemsOf);
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
}

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Made once per data folder, so that sessions, and webhooks on their way, outlive a restart. */
export function stackSecretsOf(dataDir: string): StackSecrets {
  return {
    session: secretOf(dataDir, 'session-secret', () => randomBytes(32).toString('base64url')),
    paymentWebhook: secretOf(
      dataDir,
      'payment-webhook-secret',
      () => `whsec_${randomBytes(24).toString('base64')}`,
    ),
    admin: secretOf(dataDir, 'admin-token', () => randomBytes(32).toString('base64url')),
    login: secretOf(dataDir, 'login-secret', () => randomBytes(32).toString('base64url')),
  };
}

function secretOf(dataDir: string, name: string, make: () => string): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(path, make(), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8').trim();
}
