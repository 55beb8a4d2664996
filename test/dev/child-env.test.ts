import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ConfigError, loadApiConfig, loadDevConfig, loadWorkerConfig, type Env } from '../../src/config.ts';
import { loadStubConfig as loadPaymentStubConfig } from '../../src/dev/payment-stub/config.ts';
import { checkChildEnv, createChildEnv, stackSecretsOf, workerEnv } from '../../src/dev/child-env.ts';

const urls = {
  databaseUrl: 'postgres://local/durable_cart',
  temporalAddress: '127.0.0.1:7999',
  reservationUrl: 'http://127.0.0.1:4999',
  paymentUrl: 'http://127.0.0.1:4998',
};
const secrets = {
  session: 's'.repeat(43),
  paymentWebhook: `whsec_${'w'.repeat(32)}`,
  admin: 'a'.repeat(43),
  login: 'l'.repeat(43),
};
const childEnv = (env: Env) => createChildEnv(loadDevConfig(env), urls, secrets);

it('a stack without any setting is complete, open to any name, and quick to stop', () => {
  const env = childEnv({});
  checkChildEnv(env);
  expect(loadApiConfig(env)).toMatchObject({
    catalog: { mode: 'open' },
    database: { url: urls.databaseUrl },
  });
  expect(loadWorkerConfig(workerEnv(env)).worker.shutdownGraceMs).toBe(5_000);
  expect(env['RESERVATION_LATENCY_MS']).toBe('2000');
});

it('the payment stub signs with the secret that the API verifies with, and sends to its port', () => {
  const env = childEnv({ PORT: '3999' });
  expect(loadPaymentStubConfig(env)).toMatchObject({
    webhookSecret: loadApiConfig(env).payments.webhookSecrets[0],
    control: { webhookUrl: 'http://127.0.0.1:3999/api/v1/webhooks/payments' },
  });
});

it('takes tokens of its own making, unless the user has a login', () => {
  expect(loadApiConfig(childEnv({})).users).toMatchObject({ keys: { secret: secrets.login } });
  const own = { JWT_JWKS_URL: 'https://login.example/keys', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
  expect(loadApiConfig(childEnv(own)).users).toMatchObject({
    issuer: 'i',
    keys: { jwksUrl: own.JWT_JWKS_URL },
  });
});

it('settings of the user win', () => {
  const env = childEnv({ CATALOG: 'strict', RESERVATION_LATENCY_MS: '35000', CART_TTL: '1m' });
  expect(loadApiConfig(env)).toMatchObject({ catalog: { mode: 'strict' }, cart: { ttlMs: 60_000 } });
  expect(env['RESERVATION_LATENCY_MS']).toBe('35000');
});

it('nothing made for another Temporal reaches the embedded one', () => {
  const { temporal } = loadApiConfig(
    childEnv({
      TEMPORAL_API_KEY: 'k',
      TEMPORAL_GRPC_META_X: 'y',
      HOME: '/home/x',
      TEMPORAL_NAMESPACE: 'shop',
    }),
  );
  expect(temporal.connection).toEqual({ address: '127.0.0.1:7999' });
  expect(temporal.namespace).toBe('shop');
});

it('a Temporal given from outside keeps its key', () => {
  const { temporal } = loadApiConfig(childEnv({ TEMPORAL_ADDRESS: 'cloud:7233', TEMPORAL_API_KEY: 'k' }));
  expect(temporal.connection).toMatchObject({ address: 'cloud:7233', apiKey: 'k' });
});

it('problems of the API and of the worker are named together, each once, before anything starts', () => {
  const env = childEnv({ LOG_LEVEL: 'loud', CART_TTL: 'soon', WORKER_ACTIVITIES: 'many' });
  expect(() => checkChildEnv(env)).toThrow(ConfigError);
  expect(() => checkChildEnv(env)).toThrow(/3 problems/);
});

it('a longer reservation attempt does not forbid the short grace of the local worker', () => {
  expect(() => checkChildEnv(childEnv({ RESERVATION_ATTEMPT_TIMEOUT: '4m' }))).not.toThrow();
});

it('the admin endpoints are open to the token of the data folder, or to the one that the user gave', () => {
  expect(loadApiConfig(childEnv({})).http.adminToken).toBe(secrets.admin);
  const given = 'g'.repeat(32);
  expect(loadApiConfig(childEnv({ ADMIN_TOKEN: given })).http.adminToken).toBe(given);
});

it('the secrets are made once, and only their owner can read them', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'secret-'));
  try {
    const made = stackSecretsOf(dataDir);
    checkChildEnv(createChildEnv(loadDevConfig({}), urls, made));
    expect(stackSecretsOf(dataDir)).toEqual(made);
    for (const file of ['session-secret', 'payment-webhook-secret', 'admin-token']) {
      expect(statSync(join(dataDir, file)).mode & 0o777).toBe(0o600);
    }
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
