import { z } from 'zod';
import { limitSettings } from './limits.ts';
import { duration, flag, oneOf, optionalText, port, text, url, wholeNumber } from './settings.ts';
import { temporalSettings } from './temporal.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SECRET_LENGTH_MIN = 32;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

const secrets = z
  .string('set it to a random text of at least 32 characters (several, comma separated, to rotate)')
  .transform((value) => value.split(',').map((secret) => secret.trim()))
  .refine(
    (list) => list.every((secret) => secret.length >= SECRET_LENGTH_MIN),
    `each secret needs at least ${SECRET_LENGTH_MIN} characters (several are separated by commas)`,
  )
  .transform((list) => list as [string, ...string[]]);

const WEBHOOK_SECRET_MEND =
  'use whsec_ and base64 of at least 24 random bytes, such as whsec_$(openssl rand -base64 24) (several, comma separated, to rotate)';

/** In the form of Standard Webhooks, whose library takes nothing else. */
function isWebhookSecret(secret: string): boolean {
  const [, encoded = ''] = /^whsec_(.+)$/.exec(secret) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length >= 24 && bytes.toString('base64') === encoded;
}

const webhookSecrets = z
  .string(WEBHOOK_SECRET_MEND)
  .transform((value) => value.split(',').map((secret) => secret.trim()))
  .refine((list) => list.every(isWebhookSecret), WEBHOOK_SECRET_MEND)
  .transform((list) => list as [string, ...string[]]);

/** What an `Authorization` header can carry. */
const adminToken = z
  .string()
  .regex(/^[\x21-\x7e]*$/, 'use letters, digits and signs, without spaces')
  .min(SECRET_LENGTH_MIN, `use at least ${SECRET_LENGTH_MIN} random characters`)
  .optional();

const ORIGINS_MEND =
  'use origins such as https://shop.example (scheme and host, no path), separated by commas; * would let every page act for a shopper';

const origins = z
  .string()
  .prefault('')
  .transform((value) => value.split(',').map((origin) => origin.trim()))
  .transform((list) => list.filter((origin) => origin !== ''))
  .refine((list) => list.every(isOrigin), ORIGINS_MEND);

/** As a browser writes it: anything else would never match. A host name may have a star in it by the URL standard. */
function isOrigin(origin: string): boolean {
  return /^https?:[^*]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
}

const host = text({ default: '127.0.0.1', mend: 'use an address to listen on' });
export const processSettings = {
  NODE_ENV: oneOf(['development', 'production', 'test'], 'development'),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
};
export const databaseSettings = {
  DATABASE_URL: url({
    protocol: /^postgres(ql)?$/,
    mend: 'use a URL such as postgres://user:password@host:5432/durable_cart',
  }),
  DATABASE_POOL_SIZE: wholeNumber({ default: 10, min: 1, max: 500 }),
};
export const httpSettings = {
  HOST: host,
  PORT: port(3000, 0),
  COMMAND_WAIT: duration({ default: '1s', min: '0ms', max: '10m' }),
  COMMAND_WAIT_MAX: duration({ default: '30s', min: '0ms', max: '10m' }),
  BODY_LIMIT_BYTES: wholeNumber({ default: 65_536, min: 1_024, max: 10_485_760 }),
  API_SHUTDOWN_GRACE: duration({ default: '10s', min: '0ms', max: '1h' }),
  COOKIE_SECURE: flag(),
  ADMIN_TOKEN: adminToken,
  METRICS_CACHE: duration({ default: '10s', min: '0ms', max: '1h' }),
  CORS_ORIGINS: origins,
};
export const httpServerSettings = {
  HEADERS_TIMEOUT: duration({ default: '10s', min: '100ms', max: '10m' }),
  REQUEST_TIMEOUT: duration({ default: '30s', min: '100ms', max: '1h' }),
  KEEP_ALIVE_TIMEOUT: duration({ default: '65s', min: '1ms', max: '1h' }),
  HEADER_LIMIT_BYTES: wholeNumber({ default: 16_384, min: 4_096, max: 1_048_576 }),
};
export const streamSettings = {
  STREAM_HEARTBEAT: duration({ default: '15s', min: '100ms', max: '10m' }),
  STREAMS_PER_CART: wholeNumber({ default: 20, min: 1, max: 10_000 }),
  STREAMS_MAX: wholeNumber({ default: 4_000, min: 0, max: 100_000 }),
};
export const demoSettings = { DEMO_PAGE: optionalText() };
export const sessionSettings = {
  SESSION_SECRET: secrets,
  SESSION_TTL: duration({ default: '90d', min: '1s', max: '3650d' }),
};
/** Without a key or a secret there are no users, only guests. */
export const userSettings = {
  JWT_JWKS_URL: url({
    protocol: /^https?$/,
    mend: 'use a URL such as https://login.example/.well-known/jwks.json',
  }).optional(),
  JWT_SECRET: z
    .string()
    .refine(
      (value) => Buffer.byteLength(value) >= SECRET_LENGTH_MIN,
      `use at least ${SECRET_LENGTH_MIN} random bytes`,
    )
    .optional(),
  JWT_ISSUER: optionalText(),
  JWT_AUDIENCE: optionalText(),
  JWT_ADMIN_SCOPE: text({
    default: 'carts:admin',
    pattern: /^[\x21\x23-\x5b\x5d-\x7e]+$/,
    mend: 'use one scope, without spaces',
  }),
  CLAIM_MERGE: oneOf(['sum', 'max'], 'sum'),
};
const reservationTimes = {
  RESERVATION_ATTEMPT_TIMEOUT: duration({ default: '2m' }),
  RESERVATION_GIVE_UP_AFTER: duration({ default: '15m' }),
};
export const cartSettings = {
  CURRENCY: z
    .string()
    .refine((code) => CURRENCIES.has(code), 'use an ISO 4217 code in capitals, such as EUR')
    .prefault('EUR'),
  CART_TTL: duration({ default: '30m', min: '1s', max: '3650d' }),
  // Above 40,000 the server's own limit of 51,200 events could end a cart's run.
  CART_CONTINUE_AS_NEW_EVENTS: wholeNumber({ default: 500, min: 50, max: 40_000 }),
  PAYMENT_ATTEMPT_TIMEOUT: duration({ default: '30s' }),
  HOLD_MAX_AGE: duration({ default: '4h', min: '1s' }),
  // Their ends, two events each, and the commands of four API processes stay below the server's limit of 100.
  CART_CALLS_AT_ONCE: wholeNumber({ default: 20, min: 1, max: 25 }),
  ...reservationTimes,
};
export const checkoutSettings = {
  CHECKOUT_WAIT: duration({ default: '5m', min: '0ms', max: '1d' }),
  PAYMENT_WINDOW: duration({ default: '30m', min: '1s' }),
};
export const catalogSettings = { CATALOG: oneOf(['open', 'strict'], 'strict') };
export const catalogCacheSettings = { CATALOG_CACHE: duration({ default: '10s', min: '0ms', max: '1d' }) };
export const reservationSettings = {
  RESERVATION_URL: url({ protocol: /^https?$/, mend: 'use a URL such as http://127.0.0.1:4000' }),
};
export const paymentSettings = {
  PAYMENT_URL: url({ protocol: /^https?$/, mend: 'use a URL such as http://127.0.0.1:4001' }),
};
export const paymentWebhookSettings = { PAYMENT_WEBHOOK_SECRET: webhookSecrets };
/** The SDK binds it itself, and takes no host name. */
const metricsAddress = z
  .string()
  .regex(
    /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-fA-F:.]+\]):\d{1,5}$/,
    'use IP address and port, such as 127.0.0.1:9464',
  )
  .optional();

/** Temporal joins the two by a dot or a colon, which therefore cannot be in a name. */
const deploymentName = z
  .string()
  .regex(/^[\w-]{1,100}$/, 'use a name that stays, such as carts: up to 100 letters, digits, - and _')
  .optional();
const buildId = z
  .string()
  .regex(
    /^[\w+-][\w.+-]{0,99}$/,
    'use what names the build, such as 1.4.0: up to 100 letters, digits and . _ + -',
  )
  .optional();

export const workerSettings = {
  WORKER_CACHED_WORKFLOWS: wholeNumber({ default: 600, min: 0, max: 100_000 }),
  WORKER_ACTIVITIES: wholeNumber({ default: 200, min: 1, max: 100_000 }),
  WORKER_WORKFLOW_TASKS: wholeNumber({ default: 10, min: 2, max: 10_000 }),
  WORKER_STICKY_TIMEOUT: duration({ default: '5s', min: '100ms', max: '1m' }),
  WORKER_SHUTDOWN_GRACE: duration({ default: '150s', min: '0ms', max: '1d' }),
  WORKER_METRICS_ADDRESS: metricsAddress,
  WORKER_DEPLOYMENT_NAME: deploymentName,
  WORKER_BUILD_ID: buildId,
};
export const webhookSettings = {
  WEBHOOK_URL: url({ protocol: /^https?$/, mend: 'use a URL such as https://crm.example/hooks/carts' })
    .refine((value) => !/^[^/]*\/\/[^/?#]*@/.test(value), 'use a URL without user and password')
    .optional(),
  WEBHOOK_SECRET: webhookSecrets.optional(),
  WEBHOOK_GIVE_UP_AFTER: duration({ default: '3d', min: '1s' }),
};
export const binarySettings = {
  TEMPORAL_CLI_PATH: optionalText(),
  TEMPORAL_TEST_SERVER_PATH: optionalText(),
};
export const devSettings = {
  HOST: host,
  PORT: port(3000),
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  POSTGRES_PORT: port(5433),
  RESERVATION_PORT: port(4000),
  PAYMENT_PORT: port(4001),
  DATA_DIR: text({ default: '.data', mend: 'use a folder' }),
};

/** Every setting that is read here; `.env.example` explains each. */
export const settingNames: readonly string[] = [
  ...new Set(
    [
      processSettings,
      databaseSettings,
      temporalSettings,
      httpSettings,
      httpServerSettings,
      streamSettings,
      demoSettings,
      limitSettings,
      sessionSettings,
      userSettings,
      cartSettings,
      checkoutSettings,
      catalogSettings,
      catalogCacheSettings,
      reservationSettings,
      paymentSettings,
      paymentWebhookSettings,
      workerSettings,
      webhookSettings,
      binarySettings,
      devSettings,
    ].flatMap((shard) => Object.keys(shard)),
  ),
];
