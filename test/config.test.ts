import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConfigError,
  loadApiConfig,
  loadDevConfig,
  loadMigrateConfig,
  loadWorkerConfig,
  settingNames,
  type Env,
} from '../src/config.ts';
import { loadStubConfig as loadPaymentStubConfig } from '../src/dev/payment-stub/config.ts';
import { loadStubConfig } from '../src/dev/reservation-stub/config.ts';

const secret = 's'.repeat(32);
const webhookSecret = `whsec_${'c2VjcmV0'.repeat(4)}`;
const api = {
  DATABASE_URL: 'postgres://cart:hunter2@db:5432/cart',
  SESSION_SECRET: secret,
  PAYMENT_WEBHOOK_SECRET: webhookSecret,
};
const worker = {
  DATABASE_URL: api.DATABASE_URL,
  RESERVATION_URL: 'http://reservations:4000',
  PAYMENT_URL: 'http://payments:4001',
};

function problemsOf(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const folders: string[] = [];
function tempFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  folders.push(folder);
  writeFileSync(join(folder, 'file'), content);
  return join(folder, 'file');
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('configuration', () => {
  it('has the documented defaults where nothing but the required settings is set', () => {
    const config = loadApiConfig(api);
    expect(config).toMatchObject({
      env: 'development',
      logLevel: 'info',
      http: { host: '127.0.0.1', port: 3000, waitDefaultMs: 1_000, waitMaxMs: 30_000, cookieSecure: false },
      database: { url: api.DATABASE_URL, poolSize: 10 },
      temporal: { address: '127.0.0.1:7233', namespace: 'default', taskQueue: 'carts' },
      sessions: { secrets: [secret], ttlMs: 90 * 86_400_000 },
      cart: {
        currency: 'EUR',
        ttlMs: 1_800_000,
        reservationAttemptTimeoutMs: 120_000,
        paymentAttemptTimeoutMs: 30_000,
        holdMaxAgeMs: 14_400_000,
        callsAtMost: 20,
      },
      checkout: { waitMs: 300_000, payWithinMs: 1_800_000 },
      payments: { webhookSecrets: [webhookSecret] },
      catalog: { mode: 'strict', cacheMs: 10_000 },
      limits: {
        store: 'memory',
        quotas: { 'session-commands': { points: 120, windowMs: 60_000 } },
        trustedProxies: [],
        cartMaxUnits: 1_000,
      },
    });
    expect(loadWorkerConfig(worker).worker).toEqual({
      maxCachedWorkflows: 600,
      maxConcurrentActivities: 200,
      maxConcurrentWorkflowTasks: 10,
      stickyTimeoutMs: 5_000,
      shutdownGraceMs: 150_000,
    });
  });

  it('names every problem at once: setting, value seen, what to do', () => {
    const problems = problemsOf(() =>
      loadApiConfig({ PORT: '70000', CART_TTL: 'soon', LOG_LEVEL: 'loud', TEMPORAL_ADDRESS: 'http://x:1' }),
    );
    expect(problems.map((problem) => problem.split(' ')[0]).toSorted()).toEqual([
      'CART_TTL',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PAYMENT_WEBHOOK_SECRET',
      'PORT',
      'SESSION_SECRET',
      'TEMPORAL_ADDRESS',
    ]);
    expect(problems).toContain('PORT is "70000": use a whole number (a TCP port) from 0 to 65535');
    expect(problems.find((problem) => problem.startsWith('DATABASE_URL'))).toMatch(
      /^DATABASE_URL is not set: use/,
    );
  });

  it('puts each problem on a line of its own', () => {
    expect(() => loadMigrateConfig({ DATABASE_POOL_SIZE: 'ten' })).toThrow(
      /^The configuration has 2 problems:\n {2}DATABASE_URL .*\n {2}DATABASE_POOL_SIZE .*$/,
    );
  });

  it('never shows a secret', () => {
    const problems = problemsOf(() =>
      loadApiConfig({
        DATABASE_URL: 'mysql://cart:hunter2@db/cart',
        SESSION_SECRET: `${secret},short`,
        PAYMENT_WEBHOOK_SECRET: 'whsec_short',
        TEMPORAL_TLS_CLIENT_CERT_DATA: 'certificate',
      }),
    );
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).not.toMatch(/hunter2|short|ssss|"certificate"/);
    expect(problems.join('\n')).toContain('SESSION_SECRET is set, 38 characters');
  });

  it('takes an empty setting as unset', () => {
    expect(loadApiConfig({ ...api, PORT: '', TEMPORAL_ADDRESS: '', CATALOG: ' ' })).toEqual(
      loadApiConfig(api),
    );
  });

  it.each([
    ['500ms', 500],
    ['20s', 20_000],
    ['30m', 1_800_000],
    ['0.5h', 1_800_000],
    ['2500', 2_500],
  ])('reads the duration %s as %i ms', (written, ms) => {
    expect(loadApiConfig({ ...api, API_SHUTDOWN_GRACE: written }).http.shutdownGraceMs).toBe(ms);
  });

  it('signs with the first session secret and keeps the others', () => {
    const older = 'o'.repeat(40);
    expect(loadApiConfig({ ...api, SESSION_SECRET: `${secret}, ${older}` }).sessions.secrets).toEqual([
      secret,
      older,
    ]);
  });

  it('opens the admin endpoints only with a long token, and shows none', () => {
    expect(loadApiConfig(api).http.adminToken).toBeUndefined();
    const token = 't'.repeat(32);
    expect(loadApiConfig({ ...api, ADMIN_TOKEN: token }).http.adminToken).toBe(token);
    for (const bad of ['too-short', `${token} with spaces`]) {
      const [problem, ...others] = problemsOf(() => loadApiConfig({ ...api, ADMIN_TOKEN: bad }));
      expect([problem?.startsWith(`ADMIN_TOKEN is set, ${bad.length} characters: use`), others]).toEqual([
        true,
        [],
      ]);
    }
  });

  it('takes tokens of users by a secret or by public keys, for one issuer and one audience', () => {
    const whose = { JWT_ISSUER: 'https://login.example/', JWT_AUDIENCE: 'carts' };
    const users = { issuer: whose.JWT_ISSUER, audience: 'carts', adminScope: 'carts:admin', merge: 'sum' };
    const jwksUrl = 'https://login.example/jwks.json';
    expect(loadApiConfig(api).users).toBeUndefined();
    expect(loadApiConfig({ ...api, ...whose }).users).toBeUndefined();
    expect(loadApiConfig({ ...api, ...whose, JWT_SECRET: secret }).users).toEqual({
      ...users,
      keys: { secret },
    });
    expect(loadApiConfig({ ...api, ...whose, JWT_JWKS_URL: jwksUrl, JWT_ADMIN_SCOPE: 'shop' }).users).toEqual(
      { ...users, adminScope: 'shop', keys: { jwksUrl } },
    );
  });

  it.each<[string, Env, RegExp[]]>([
    ['a short secret', { JWT_SECRET: 'short' }, [/^JWT_SECRET is set, 5 characters: use at least 32/]],
    [
      'both kinds of key',
      { JWT_SECRET: secret, JWT_JWKS_URL: 'https://login.example/' },
      [/^JWT_SECRET .*not both/],
    ],
    ['no web address', { JWT_JWKS_URL: 'file:///keys' }, [/^JWT_JWKS_URL is "file:\/\/\/keys": use a URL/]],
    [
      'nobody named',
      { JWT_SECRET: secret, JWT_ISSUER: '', JWT_AUDIENCE: '' },
      [/^JWT_ISSUER is not set: needed beside JWT_SECRET/, /^JWT_AUDIENCE is not set: needed/],
    ],
    [
      'two scopes',
      { JWT_SECRET: secret, JWT_ADMIN_SCOPE: 'a b' },
      [/^JWT_ADMIN_SCOPE is "a b": use one scope/],
    ],
  ])('refuses tokens of users with %s', (_, env, wanted) => {
    const whose = { JWT_ISSUER: 'https://login.example/', JWT_AUDIENCE: 'carts' };
    const problems = problemsOf(() => loadApiConfig({ ...api, ...whose, ...env }));
    expect(problems).toEqual(wanted.map((pattern) => expect.stringMatching(pattern)));
  });

  it.each([
    ['no prefix', 'c2VjcmV0'.repeat(4)],
    ['too few bytes', 'whsec_c2VjcmV0'],
    ['no base64', `whsec_${'?'.repeat(32)}`],
    ['one of several that is wrong', `${webhookSecret},whsec_`],
  ])('refuses a webhook secret with %s', (_, PAYMENT_WEBHOOK_SECRET) => {
    expect(problemsOf(() => loadApiConfig({ ...api, PAYMENT_WEBHOOK_SECRET }))).toEqual([
      expect.stringMatching(/^PAYMENT_WEBHOOK_SECRET is set, \d+ characters: use whsec_/),
    ]);
  });

  it('takes several webhook secrets, for the time in which one replaces another', () => {
    const older = `whsec_${'b2xkZXIh'.repeat(4)}`;
    const { payments } = loadApiConfig({ ...api, PAYMENT_WEBHOOK_SECRET: `${webhookSecret}, ${older}` });
    expect(payments.webhookSecrets).toEqual([webhookSecret, older]);
  });

  it.each(['localhost:9464', '9464', '127.0.0.1', 'http://127.0.0.1:9464'])(
    'refuses the metrics address %s, which the SDK could not bind',
    (address) => {
      expect(
        loadWorkerConfig({ ...worker, WORKER_METRICS_ADDRESS: '[::1]:9464' }).worker.metricsAddress,
      ).toBe('[::1]:9464');
      expect(problemsOf(() => loadWorkerConfig({ ...worker, WORKER_METRICS_ADDRESS: address }))).toEqual([
        expect.stringMatching(/^WORKER_METRICS_ADDRESS is .*: use IP address and port/),
      ]);
    },
  );

  it('takes the origins whose pages may call, and none by default', () => {
    expect(loadApiConfig(api).http.corsOrigins).toEqual([]);
    const listed = 'https://shop.example, http://localhost:5173';
    expect(loadApiConfig({ ...api, CORS_ORIGINS: listed }).http.corsOrigins).toEqual([
      'https://shop.example',
      'http://localhost:5173',
    ]);
  });

  it.each([
    '*',
    'null',
    'shop.example',
    'https://shop.example/',
    'https://Shop.example',
    'https://*.example',
  ])('refuses the origin %s, which no browser sends or which is everybody', (origin) => {
    const load = () => loadApiConfig({ ...api, CORS_ORIGINS: `https://fine.example,${origin}` });
    expect(problemsOf(load)).toEqual([expect.stringMatching(/^CORS_ORIGINS is .*: use origins such as/)]);
  });

  it('refuses a limit for headers that is longer than that for the whole request', () => {
    const load = () => loadApiConfig({ ...api, HEADERS_TIMEOUT: '20s', REQUEST_TIMEOUT: '10s' });
    expect(problemsOf(load)).toEqual([
      expect.stringMatching(
        /^HEADERS_TIMEOUT is "20s": must not be longer than REQUEST_TIMEOUT \(10000 ms\)/,
      ),
    ]);
    expect(loadApiConfig(api).http.server).toEqual({
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 30_000,
      keepAliveTimeoutMs: 65_000,
      headerLimitBytes: 16_384,
    });
  });

  it('secures cookies in production unless told otherwise', () => {
    expect(loadApiConfig({ ...api, NODE_ENV: 'production' }).http.cookieSecure).toBe(true);
    expect(loadApiConfig({ ...api, NODE_ENV: 'production', COOKIE_SECURE: 'false' }).http.cookieSecure).toBe(
      false,
    );
    expect(loadApiConfig({ ...api, COOKIE_SECURE: '1' }).http.cookieSecure).toBe(true);
  });

  it('reads quotas as a number and a window', () => {
    const { quotas } = loadApiConfig({ ...api, RATE_SESSION_READS: '5/90s' }).limits;
    expect(quotas['session-reads']).toEqual({ points: 5, windowMs: 90_000 });
    for (const wrong of ['5', '0/1m', '5/1x', '5/1ms', '5/2d', '-5/1m', '5/1m, 6/1h']) {
      const problems = problemsOf(() => loadApiConfig({ ...api, RATE_SESSION_READS: wrong }));
      expect(problems).toEqual([expect.stringContaining('a number and a window, such as 600/1m')]);
    }
  });

  it('trusts no proxy unless told which', () => {
    const proxiesOf = (env: Env) => loadApiConfig({ ...api, ...env }).limits.trustedProxies;
    expect(proxiesOf({})).toEqual([]);
    expect(proxiesOf({ TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8,192.0.2.1' })).toEqual([
      '10.0.0.0/8',
      'fd00::/8',
      '192.0.2.1',
    ]);
    for (const wrong of ['proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', '1.2.3.4;5.6.7.8', 'true']) {
      expect(problemsOf(() => proxiesOf({ TRUSTED_PROXIES: wrong }))).toHaveLength(1);
    }
  });

  it('is frozen all the way down', () => {
    const config = loadApiConfig(api);
    expect(Object.isFrozen(config.http) && Object.isFrozen(config.sessions.secrets)).toBe(true);
  });
});

describe('settings that must fit each other', () => {
  const named = (env: Env, load: (env: Env) => unknown): (string | undefined)[] =>
    problemsOf(() => load(env)).map((problem) => problem.split(' ')[0]);

  it('refuses a command wait longer than its maximum', () => {
    expect(named({ ...api, COMMAND_WAIT: '31s' }, loadApiConfig)).toEqual(['COMMAND_WAIT']);
  });

  it('refuses to give a reservation up before one attempt is over', () => {
    expect(named({ ...api, RESERVATION_GIVE_UP_AFTER: '2m' }, loadApiConfig)).toEqual([
      'RESERVATION_GIVE_UP_AFTER',
    ]);
  });

  it('refuses to run without limits in production, and to bound a network below one full cart', () => {
    expect(named({ ...api, RATE_LIMIT: 'off' }, loadApiConfig)).toEqual([]);
    expect(named({ ...api, RATE_LIMIT: 'off', NODE_ENV: 'production' }, loadApiConfig)).toEqual([
      'RATE_LIMIT',
    ]);
    expect(named({ ...api, RATE_ADDRESS_UNITS: '999/10m' }, loadApiConfig)).toEqual(['RATE_ADDRESS_UNITS']);
  });

  it('refuses a worker in production that would cut reservations off when it stops', () => {
    const short = { ...worker, WORKER_SHUTDOWN_GRACE: '2m' };
    expect(named({ ...short, NODE_ENV: 'production' }, loadWorkerConfig)).toEqual(['WORKER_SHUTDOWN_GRACE']);
    expect(named({ ...short, RESERVATION_ATTEMPT_TIMEOUT: '2m' }, loadWorkerConfig)).toEqual([
      'WORKER_SHUTDOWN_GRACE',
    ]);
    expect(named(short, loadWorkerConfig)).toEqual([]);
    const slowPayments = { ...worker, PAYMENT_ATTEMPT_TIMEOUT: '150s' };
    expect(problemsOf(() => loadWorkerConfig(slowPayments))).toEqual([
      expect.stringMatching(
        /^WORKER_SHUTDOWN_GRACE .*must be longer than PAYMENT_ATTEMPT_TIMEOUT \(150000 ms\)/,
      ),
    ]);
  });
});

describe('worker versioning', () => {
  const version = { WORKER_DEPLOYMENT_NAME: 'carts', WORKER_BUILD_ID: '1.4.0+9f3c2' };

  it('is off unless a deployment and a build are named', () => {
    expect(loadWorkerConfig(worker).worker).not.toHaveProperty('version');
    expect(loadWorkerConfig({ ...worker, ...version }).worker.version).toEqual({
      deploymentName: 'carts',
      buildId: '1.4.0+9f3c2',
    });
  });

  it.each(['WORKER_DEPLOYMENT_NAME', 'WORKER_BUILD_ID'])(
    'is refused without %s, and says the mend',
    (missing) => {
      expect(problemsOf(() => loadWorkerConfig({ ...worker, ...version, [missing]: '' }))).toEqual([
        expect.stringMatching(`^${missing} is not set: needed beside .*set both .*or none`),
      ]);
    },
  );

  it('takes only names that Temporal can tell apart from what joins them', () => {
    const wrong = { WORKER_DEPLOYMENT_NAME: 'carts.eu', WORKER_BUILD_ID: '1:2' };
    const problems = problemsOf(() => loadWorkerConfig({ ...worker, ...wrong }));
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(Object.keys(wrong));
  });
});

describe('outgoing webhooks', () => {
  const secretOf = (byte: string, bytes = 32) =>
    `whsec_${Buffer.from(byte.repeat(bytes)).toString('base64')}`;
  const WEBHOOK_URL = 'https://crm.example/hooks';
  const problems = (env: Env) => problemsOf(() => loadWorkerConfig({ ...worker, ...env }));

  it('are off without a receiver', () => {
    expect(loadWorkerConfig(worker).webhooks).toBeUndefined();
  });

  it('are signed with every secret, and given up after three days', () => {
    const [a, b] = [secretOf('a'), secretOf('b')];
    expect(loadWorkerConfig({ ...worker, WEBHOOK_URL, WEBHOOK_SECRET: `${a}, ${b}` }).webhooks).toEqual({
      url: WEBHOOK_URL,
      secrets: [a, b],
      giveUpAfterMs: 3 * 86_400_000,
    });
  });

  it('need a secret beside the receiver', () => {
    expect(problems({ WEBHOOK_URL })).toEqual([expect.stringMatching(/^WEBHOOK_SECRET is not set: needed/)]);
  });

  it('refuse a secret that the scheme does not take, and never show it', () => {
    for (const wrong of ['hunter2', 'whsec_hunter2', secretOf('a', 8), `${secretOf('a')},hunter2`]) {
      const found = problems({ WEBHOOK_URL, WEBHOOK_SECRET: wrong });
      expect(found).toEqual([expect.stringMatching(/^WEBHOOK_SECRET is set, \d+ characters: use whsec_/)]);
      expect(found.join()).not.toContain('hunter2');
    }
  });

  it('refuse a receiver that is not HTTP, or that has a password in it', () => {
    const WEBHOOK_SECRET = secretOf('a');
    for (const url of ['ftp://crm.example', 'crm.example', 'https://user:hunter2@crm.example']) {
      const found = problems({ WEBHOOK_URL: url, WEBHOOK_SECRET });
      expect(found).toEqual([expect.stringMatching(/^WEBHOOK_URL .*: use a URL/)]);
      expect(found.join()).not.toContain('hunter2');
    }
  });
});

describe('the Temporal connection', () => {
  const temporal = (env: Env) => loadMigrateConfig({ DATABASE_URL: api.DATABASE_URL, ...env }).temporal;
  const problems = (env: Env) => problemsOf(() => temporal(env));

  it('turns TLS on with an API key', () => {
    expect(temporal({ TEMPORAL_ADDRESS: 'cloud.example:7233', TEMPORAL_API_KEY: 'key' }).connection).toEqual({
      address: 'cloud.example:7233',
      tls: true,
      apiKey: 'key',
    });
  });

  it('reads a profile of the client configuration file, and the environment wins over it', () => {
    const file = tempFile('[profile.shop]\naddress = "shop.example:7233"\nnamespace = "shop"\n');
    const profile = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'shop' };
    expect(temporal(profile)).toMatchObject({ address: 'shop.example:7233', namespace: 'shop' });
    expect(temporal({ ...profile, TEMPORAL_NAMESPACE: 'other' }).namespace).toBe('other');
  });

  it('reads no profile file, not even the one at home, where /dev/null is given', () => {
    expect(temporal({ TEMPORAL_CONFIG_FILE: devNull }).address).toBe('127.0.0.1:7233');
  });

  it('reads client certificates from files', () => {
    const [TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH] = [tempFile('cert'), tempFile('key')];
    const { connection } = temporal({ TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH });
    expect(connection.tls).toMatchObject({
      clientCertPair: { crt: Uint8Array.from(Buffer.from('cert')), key: Uint8Array.from(Buffer.from('key')) },
    });
  });

  it('names files that are not there, profiles that do not exist, and half a client certificate', () => {
    expect(
      problems({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/no/ca', TEMPORAL_CONFIG_FILE: '/no/file' }),
    ).toHaveLength(2);
    expect(problems({ TEMPORAL_PROFILE: 'nowhere' })).toEqual([
      expect.stringMatching(/^TEMPORAL_PROFILE is "nowhere"/),
    ]);
    expect(problems({ TEMPORAL_TLS_CLIENT_KEY_DATA: 'k' })).toEqual([
      'TEMPORAL_TLS_CLIENT_CERT_PATH is not set: needed beside TEMPORAL_TLS_CLIENT_KEY_DATA',
    ]);
  });

  it('does not quote a broken configuration file, which may hold a key', () => {
    const file = tempFile('[profile.default]\napi_key = "hunter2\n');
    const found = problems({ TEMPORAL_CONFIG_FILE: file });
    expect(found).toHaveLength(1);
    expect(found[0]).not.toContain('hunter2');
  });
});

describe('the local stack', () => {
  it('embeds every part that is not given', () => {
    expect(loadDevConfig({}).external).toEqual({});
  });

  it('uses a part as given where its address is set', () => {
    const { external } = loadDevConfig({
      DATABASE_URL: api.DATABASE_URL,
      TEMPORAL_ADDRESS: 'temporal:7233',
      RESERVATION_URL: 'http://stock:80',
      PAYMENT_URL: 'http://till:80',
    });
    expect(external).toMatchObject({
      databaseUrl: api.DATABASE_URL,
      temporal: { address: 'temporal:7233' },
      reservationUrl: 'http://stock:80',
      paymentUrl: 'http://till:80',
    });
  });
});

describe('.env.example', () => {
  /** The stubs are programs of their own; a value each that is not the default. */
  const stubSettings = {
    RESERVATION_LATENCY_MS: '1',
    RESERVATION_STOCK: '1',
    RESERVATION_ERROR_RATE: '1',
    RESERVATION_DROP_RATE: '1',
    RESERVATION_LOST_ANSWER_RATE: '1',
    RESERVATION_HOLD_TTL_MS: '1',
    RESERVATION_LEDGER: 'elsewhere',
  };
  const paymentStubSettings = {
    PAYMENT_LATENCY_MS: '1',
    PAYMENT_AUTO: 'fail',
    PAYMENT_WEBHOOK_URL: 'http://elsewhere:1',
    PAYMENT_PUBLIC_URL: 'http://elsewhere:1',
    PAYMENT_ERROR_RATE: '1',
    PAYMENT_DROP_RATE: '1',
    PAYMENT_LOST_ANSWER_RATE: '1',
    PAYMENT_LEDGER: 'elsewhere',
  };
  const loadPaymentStub = (env: Env) =>
    loadPaymentStubConfig({ ...env, PAYMENT_WEBHOOK_SECRET: webhookSecret });
  const text = readFileSync(new URL('../.env.example', import.meta.url), 'utf8');
  const lines = [...text.matchAll(/^# ([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(
    ([, name, value]) => [name, value] as const,
  );

  it('lists each setting that is read, once, and no other', () => {
    const names = [...settingNames, ...Object.keys(stubSettings), ...Object.keys(paymentStubSettings)];
    expect(lines.map(([name]) => name).toSorted()).toEqual(names.toSorted());
  });

  it.each(Object.entries(stubSettings))('%s of the stub is read by the stub', (name, value) => {
    expect(loadStubConfig({ [name]: value })).not.toEqual(loadStubConfig({}));
  });

  it.each(Object.entries(paymentStubSettings))('%s of the payment stub is read by it', (name, value) => {
    expect(loadPaymentStub({ [name]: value })).not.toEqual(loadPaymentStub({}));
  });

  it('shows the defaults that are in force', () => {
    const examples = new Set<string | undefined>(['DATABASE_URL', 'RESERVATION_URL', 'PAYMENT_URL']);
    const shown = Object.fromEntries(lines.filter(([name]) => !examples.has(name)));
    expect(loadApiConfig({ ...shown, ...api })).toEqual(loadApiConfig(api));
    expect(loadWorkerConfig({ ...shown, ...worker })).toEqual(loadWorkerConfig(worker));
    expect(loadStubConfig(shown as Env)).toEqual(loadStubConfig({}));
    expect(loadPaymentStub(shown as Env)).toEqual(loadPaymentStub({}));
    const { TEMPORAL_ADDRESS: _, ...local } = shown;
    const { childEnv: _shown, ...dev } = loadDevConfig(local as Env);
    const { childEnv: _bare, ...bare } = loadDevConfig({});
    expect(dev).toEqual(bare);
  });
});
