import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitUntilReady, type Child } from '../../src/dev/child-process.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startHttpServer, type HttpServer } from '../../src/platform/http-server.ts';
import { startBuilt } from '../support/built-process.ts';
import { answers } from '../support/built-stack.ts';
import { createPaymentStubClient, testWebhookSecret } from '../support/payment-stub-client.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, createShopper, until, type Shopper } from '../support/shopper.ts';
import { bearer, jwtSecret, tokenOf, userSettings } from '../support/tokens.ts';
import { createUser } from '../support/user.ts';
import { startWebhookReceiver, webhookSecret, type WebhookReceiver } from '../support/webhook-receiver.ts';

const host = '127.0.0.1';
const adminToken = 'an-admin-token-that-nobody-may-read-in-a-log';
const subject = 'somebody@example.org';
const sessionSecret = 'a session secret that nobody may read in a log';
const lines: string[] = [];
/** Whatever must not be in the lines, by what it is. */
const secrets = new Map<string, string>([
  ['admin token', adminToken],
  ['session secret', sessionSecret],
  ['secret of payment webhooks', testWebhookSecret.replace('whsec_', '')],
  ['secret of outgoing webhooks', webhookSecret.replace('whsec_', '')],
  ['secret of tokens', jwtSecret],
  ['whose token it is', subject],
]);

let shop: Shop;
let receiver: WebhookReceiver;
let relay: HttpServer;
let api: string;
let payments: ReturnType<typeof createPaymentStubClient>;
const children: Child[] = [];

/** Every program of the build, at its most talkative, with everything that it says kept. */
async function start(script: string, env: Record<string, string>): Promise<Child> {
  const child = await startBuilt(script, { LOG_LEVEL: 'debug', ...env }, (line) => lines.push(line));
  children.push(child);
  return child;
}

/** Hands the payment service's webhooks on to the API, and keeps their signatures. */
async function startRelay(to: () => string): Promise<HttpServer> {
  return await startHttpServer({
    host,
    port: 0,
    fetch: async (request: Request) => {
      const signature = request.headers.get('webhook-signature') ?? '';
      secrets.set(`signature ${secrets.size}`, signature.replace(/^v1,/, ''));
      const init = { method: 'POST', headers: request.headers, body: await request.text() };
      return await fetch(`${to()}/api/v1/webhooks/payments`, init);
    },
  });
}

beforeAll(async () => {
  // Only its database, its task queue and its settings: the programs are started below.
  shop = await openShop({ worker: false });
  receiver = await startWebhookReceiver();
  relay = await startRelay(() => api);
  const [apiPort, stubPort, paymentPort] = [await freePort(), await freePort(), await freePort()];
  api = `http://${host}:${apiPort}`;
  const env = {
    ...shop.settings,
    ...userSettings,
    PORT: String(apiPort),
    ADMIN_TOKEN: adminToken,
    SESSION_SECRET: sessionSecret,
    WEBHOOK_URL: receiver.url,
    WEBHOOK_SECRET: webhookSecret,
    RESERVATION_URL: `http://${host}:${stubPort}`,
    RESERVATION_PORT: String(stubPort),
    RESERVATION_LATENCY_MS: '0',
    PAYMENT_URL: `http://${host}:${paymentPort}`,
    PAYMENT_PORT: String(paymentPort),
    PAYMENT_WEBHOOK_URL: `http://${host}:${relay.port}`,
  };
  secrets.set('password of Postgres', new URL(env.DATABASE_URL).password);
  payments = createPaymentStubClient(env.PAYMENT_URL);
  const [apiProcess] = await Promise.all([
    start('api.js', env),
    start('worker.js', env),
    start('dev/reservation-stub/main.js', env),
    start('dev/payment-stub/main.js', env),
  ]);
  await waitUntilReady(apiProcess, () => answers(`${api}/readyz`), { deadlineMs: 60_000 });
}, 120_000);

afterAll(async () => {
  for (const child of children) child.kill();
  await Promise.all(children.map(({ exited }) => exited));
  await relay.close(0);
  await receiver.close();
  await shop.close();
});

async function enter(): Promise<Shopper> {
  const shopper = await createShopper(api);
  const [body = '', signature = ''] = shopper.sessionId.replace(/^[a-z]+_/, '').split('.');
  secrets.set(`session of ${shopper.cartId}, its body`, body);
  secrets.set(`session of ${shopper.cartId}, its signature`, signature);
  return shopper;
}

/** From the first item to the webhook that tells of the payment. */
async function buy(): Promise<Shopper> {
  const shopper = await enter();
  await shopper.add('apple', 2);
  await until(shopper.cart, allReserved);
  const { orderId } = (await shopper.checkout()).body;
  const order = async () => (await shopper.order(orderId)).body;
  const { payment } = await until(order, (asked) => asked.payment !== null);
  await payments.succeed(payment!.paymentId);
  await until(order, ({ status }) => status === 'paid');
  await until(
    async () => receiver.of(shopper.cartId),
    (told) => told.some(({ event }) => event.type === 'order.paid'),
    40_000,
  );
  return shopper;
}

/** Logs in, takes the cart along, and asks with a token where it is not good for anything. */
async function logIn(): Promise<void> {
  const guest = await enter();
  await guest.add('plum', 1);
  const token = await tokenOf({ subject });
  const [, payload = '', signature = ''] = token.split('.');
  secrets.set('token, its payload', payload).set('token, its signature', signature);
  const user = await createUser(guest, subject);
  await user.claim(guest);
  const claimed = await until(user.cart, ({ items }) => items.length > 0);
  expect(claimed.items).toMatchObject([{ name: 'plum' }]);
  const requests: [string, Record<string, string>][] = [
    ['/api/v1/carts/me', bearer(token)],
    ['/api/v1/admin/webhooks', bearer(token)],
    ['/api/v1/carts/me', bearer(`${token}x`)],
    [`/api/v1/carts/${token}`, {}],
    [`/api/v1/items?access_token=${token}`, { 'session-id': token, 'x-request-id': token }],
  ];
  for (const [path, headers] of requests) await guest.call('GET', path, undefined, headers);
}

/** Session ids and tokens wherever a client can put one, in requests that go wrong. */
async function err({ sessionId, call }: Shopper): Promise<void> {
  const cart = `/api/v1/carts/${sessionId}`;
  const everywhere = {
    authorization: `Bearer ${adminToken}x`,
    cookie: `cart_session=${sessionId}`,
    'session-id': sessionId,
    'x-request-id': sessionId,
    'idempotency-key': sessionId,
    origin: `https://${sessionId}.example`,
  };
  await call('POST', `${cart}/items`, { name: '', quantity: 0 }, everywhere);
  await call('POST', `${cart}/items`, sessionId, everywhere);
  await call('PUT', `${cart}/items`, undefined, everywhere);
  await call('GET', `${cart}/history?at=${sessionId}&cursor=${sessionId}`, undefined, everywhere);
  await call('GET', `/api/v1/carts/${sessionId}x`, undefined, everywhere);
  await call('GET', `/nothing/${sessionId}?session=${sessionId}`, undefined, everywhere);
  await call('GET', '/api/v1/admin/webhooks', undefined, everywhere);
  await fetch(`${api}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  await call('GET', '/items', undefined, { cookie: `cart_session=${sessionId}` });
  const unsigned = { 'webhook-id': 'w1', 'webhook-timestamp': '1', 'webhook-signature': `v1,${sessionId}` };
  await call('POST', '/api/v1/webhooks/payments', { sessionId }, unsigned);
  for (const request of [
    `GET //[${sessionId} HTTP/1.1\r\nHost: [${sessionId}\r\n\r\n`,
    `GET \\${sessionId} HTTP/1.1\r\nHost: shop_${sessionId}\r\n\r\n`,
    `${sessionId} / HTTP/1.1\r\nHost: shop\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: shop\r\nSession-Id: ${sessionId.repeat(1_000)}\r\n\r\n`,
  ]) {
    await sendRaw(request);
  }
}

async function sendRaw(request: string): Promise<void> {
  const socket = createConnection(Number(new URL(api).port), host);
  socket.end(request);
  await text(socket).catch(() => {});
}

/** Reads and saves that fail at Postgres, with all that its driver has to say. */
async function breakPostgres(shopper: Shopper): Promise<void> {
  await shop.sql`alter table carts rename to carts_away`;
  expect((await shopper.call('GET', `/api/v1/carts/${shopper.sessionId}`)).status).toBe(503);
  await shopper.add('pear', 1, { prefer: 'wait=0' });
  await until(
    async () => lines,
    (said) => said.some((line) => line.includes('"service":"worker"') && line.includes('does not exist')),
    40_000,
  );
  await shop.sql`alter table carts_away rename to carts`;
  await until(shopper.cart, ({ items }) => items.length === 1, 40_000);
}

it('nothing that opens a cart or proves who somebody is gets into a log, in good times and bad', async () => {
  await buy();
  const shopper = await enter();
  await err(shopper);
  await logIn();
  await breakPostgres(shopper);
  for (const { headers } of receiver.received) {
    secrets.set(`signature ${secrets.size}, outgoing`, headers['webhook-signature']!.replace(/^v1,/, ''));
  }
  const log = lines.join('\n');
  const found = [...secrets].filter(
    ([, secret]) => log.includes(secret) || log.includes(encodeURIComponent(secret)),
  );
  expect(found.map(([what]) => what)).toEqual([]);
  expect([...secrets.values()].every((secret) => secret.length > 5)).toBe(true);

  // There was something to be found: every request, the errors with their causes, and both signatures.
  expect([...secrets.keys()].filter((what) => what.startsWith('signature')).length).toBeGreaterThan(0);
  expect(log).toContain('/api/v1/carts/:sessionId/checkout');
  expect(log).toContain('relation \\"carts\\" does not exist');
  expect(log).toContain(shopper.cartId);
}, 150_000);
