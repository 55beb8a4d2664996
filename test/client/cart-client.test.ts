import { describe, expect, it } from 'vitest';
import {
  CartProblemError,
  createCartClient,
  createSession,
  UndecidedError,
  UnreachableError,
} from '../../src/client/index.ts';
import { createFakeFetch, json, problem } from '../support/fake-fetch.ts';

const baseUrl = 'http://shop.test';
const cart = { cartId: 'c', version: 3, items: [] };
const atOnce = { 'retry-after': '0' };

/** As the API says where the outcome of a command will be. */
const accepted = (path: string): Response =>
  json(202, { operationId: 'o', status: 'pending' }, { location: path });

function clientOf(
  answers: (Response | Error)[],
  options: { attempts?: number; decideWithinMs?: number } = {},
) {
  const { fetch, sent } = createFakeFetch(answers);
  return { client: createCartClient({ baseUrl, session: 's', fetch, ...options }), sent };
}

const rejectionOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('It was not rejected'),
    (error: unknown) => error,
  );

describe('a command of the client', () => {
  it('is sent with a key of its own and resolves with the cart', async () => {
    const { client, sent } = clientOf([json(201, cart), json(200, cart)]);
    expect(await client.addItem({ name: 'apple', quantity: 2 })).toEqual(cart);
    await client.clearItems();
    expect(sent[0]).toMatchObject({
      method: 'POST',
      url: 'http://shop.test/api/v1/carts/s/items',
      body: '{"name":"apple","quantity":2}',
    });
    const keys = sent.map(({ headers }) => headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(2);
    expect(keys).not.toContain(null);
  });

  it('is repeated under the same key after a lost answer, a 503, a 429 and a request that is still answered', async () => {
    const { client, sent } = clientOf([
      new TypeError('fetch failed'),
      problem(503, 'not_accepted', atOnce),
      problem(429, 'too_many_requests', atOnce),
      problem(409, 'request_in_progress', atOnce),
      json(201, cart),
    ]);
    expect(await client.addItem({ name: 'apple', quantity: 2 })).toEqual(cart);
    expect(sent).toHaveLength(5);
    expect(new Set(sent.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(1);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
  });

  it('is not repeated when it was refused: it rejects with the problem', async () => {
    const { client, sent } = clientOf([problem(409, 'cart_full')]);
    const error = await rejectionOf(client.addItem({ name: 'apple', quantity: 2 }));
    expect(error).toBeInstanceOf(CartProblemError);
    expect(error).toMatchObject({ code: 'cart_full', status: 409, problem: { detail: 'cart_full' } });
    expect(sent).toHaveLength(1);
  });

  it('is given up after so many attempts', async () => {
    const { client, sent } = clientOf([new TypeError('away'), new TypeError('away')], { attempts: 2 });
    const error = await rejectionOf(client.removeItem('i'));
    expect(error).toBeInstanceOf(UnreachableError);
    expect(sent).toHaveLength(2);
  });

  it('that was accepted is asked after until it is applied', async () => {
    const { client, sent } = clientOf([
      accepted('/api/v1/carts/s/operations/o'),
      json(200, { operationId: 'o', status: 'pending' }, atOnce),
      json(200, { operationId: 'o', status: 'applied', version: 3 }),
      json(200, cart),
    ]);
    expect(await client.changeQuantity('i', { quantity: 3 })).toEqual(cart);
    expect(sent.map(({ method, url }) => `${method} ${url.slice(baseUrl.length)}`)).toEqual([
      'PATCH /api/v1/carts/s/items/i',
      'GET /api/v1/carts/s/operations/o',
      'GET /api/v1/carts/s/operations/o',
      'GET /api/v1/carts/s',
    ]);
  });

  it('that was accepted and then refused rejects with the problem of its operation', async () => {
    const refused = await problem(409, 'cart_empty').json();
    const { client } = clientOf([
      accepted('/api/v1/carts/s/operations/o'),
      json(200, { operationId: 'o', status: 'rejected', problem: refused }),
    ]);
    expect(await rejectionOf(client.checkout())).toMatchObject({ code: 'cart_empty' });
  });

  it('that is not decided in time rejects with its operation', async () => {
    const pending = { operationId: 'o', status: 'pending' };
    const { client } = clientOf([accepted('/api/v1/carts/s/operations/o'), json(200, pending)], {
      decideWithinMs: 0,
    });
    const error = await rejectionOf(client.checkout());
    expect(error).toBeInstanceOf(UndecidedError);
    expect(error).toMatchObject({ operationId: 'o' });
  });

  it('says which version of the cart it is meant for', async () => {
    const { client, sent } = clientOf([json(200, cart)]);
    await client.clearItems({ ifVersion: 7 });
    expect(sent[0]?.headers.get('if-match')).toBe('"7"');
  });

  it('that the caller breaks off is not sent again', async () => {
    const { client, sent } = clientOf([new TypeError('away'), json(200, cart)]);
    const abort = new AbortController();
    const added = client.addItem({ name: 'apple', quantity: 1 }, { signal: abort.signal });
    abort.abort(new Error('The page was left'));
    expect(await rejectionOf(added)).toMatchObject({ message: 'The page was left' });
    expect(sent.length).toBeLessThanOrEqual(1);
  });
});

describe('a checkout of the client', () => {
  it('resolves with the order, also when it took longer', async () => {
    const order = { orderId: 'r', status: 'awaiting_payment' };
    const { client, sent } = clientOf([
      json(201, order),
      accepted('/api/v1/carts/s/operations/o'),
      json(200, { operationId: 'o', status: 'applied', orderId: 'r' }),
      json(200, order),
    ]);
    expect(await client.checkout()).toEqual(order);
    expect(await client.checkout({ onUnavailable: 'drop' })).toEqual(order);
    expect(sent.at(-1)).toMatchObject({ method: 'GET', url: 'http://shop.test/api/v1/orders/r' });
    expect(sent.at(-1)?.headers.get('session-id')).toBe('s');
  });
});

describe('the orders of the client', () => {
  it('come page after page', async () => {
    const { client, sent } = clientOf([
      json(200, { orders: [{ orderId: '2' }], next: 'a/b' }),
      json(200, { orders: [{ orderId: '1' }], next: null }),
    ]);
    const ids: string[] = [];
    for await (const { orderId } of client.orders()) ids.push(orderId);
    expect(ids).toEqual(['2', '1']);
    expect(sent.at(-1)?.url).toMatch(/orders\?cursor=a%2Fb$/);
  });
});

describe('a new session', () => {
  it('is asked for until there is one', async () => {
    const { fetch } = createFakeFetch([
      problem(429, 'too_many_requests', atOnce),
      json(201, { sessionId: 's' }),
    ]);
    expect(await createSession({ baseUrl, fetch })).toMatchObject({ sessionId: 's' });
  });
});

describe('an answer that is no problem of ours', () => {
  it('is told as it is', async () => {
    const { client } = clientOf([new Response('<h1>Forbidden</h1>', { status: 403 })]);
    expect(await rejectionOf(client.cart())).toMatchObject({
      status: 403,
      problem: { detail: '<h1>Forbidden</h1>' },
    });
  });
});

describe('the client of a guest', () => {
  it('tells of the session when it is renewed', async () => {
    const { fetch } = createFakeFetch([json(200, cart), json(200, cart, { 'session-id': 'renewed' })]);
    const told: string[] = [];
    const onRenewal = (session: string) => void told.push(session);
    const client = createCartClient({ baseUrl, session: 's', onRenewal, fetch });
    await client.cart();
    expect(told).toEqual([]);
    await client.cart();
    expect(told).toEqual(['renewed']);
  });
});

describe('the client of a user', () => {
  const clientOfUser = (answers: (Response | Error)[]) => {
    const { fetch, sent } = createFakeFetch(answers);
    let renewals = 0;
    const token = () => `token-${(renewals += 1)}`;
    return { client: createCartClient({ baseUrl, token, fetch }), sent };
  };

  it('asks for the cart of the user, each time with the token as it is by then', async () => {
    const { client, sent } = clientOfUser([problem(503, 'token_check_unavailable', atOnce), json(200, cart)]);
    expect(await client.cart()).toEqual(cart);
    expect(sent.map(({ url }) => url)).toEqual(Array(2).fill('http://shop.test/api/v1/carts/me'));
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
  });

  it('has claimed the cart of a guest when both carts have had their say, under one key', async () => {
    const claimed = { ...cart, cutOff: [], waiting: false };
    const applied = { operationId: 'o', status: 'applied' };
    const { client, sent } = clientOfUser([
      accepted('/api/v1/carts/guest/operations/o'),
      json(200, applied),
      accepted('/api/v1/carts/me/operations/o'),
      json(200, applied),
      json(200, claimed),
    ]);
    expect(await client.claim('guest')).toEqual(claimed);
    expect(sent.map(({ method, url }) => `${method} ${url.slice(baseUrl.length)}`)).toEqual([
      'POST /api/v1/carts/guest/claim',
      'GET /api/v1/carts/guest/operations/o',
      'POST /api/v1/carts/guest/claim',
      'GET /api/v1/carts/me/operations/o',
      'POST /api/v1/carts/guest/claim',
    ]);
    const keys = sent.flatMap(({ headers }) => headers.get('idempotency-key') ?? []);
    expect(new Set(keys).size).toBe(1);
  });
});
