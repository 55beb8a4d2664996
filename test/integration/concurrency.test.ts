import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import { toCartView, type CartView } from '../../src/domain/cart-view.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import { keyOf } from '../../src/domain/operation-id.ts';
import type { OperationResult } from '../../src/domain/persistence.ts';
import { digest } from '../../src/http/digest.ts';
import { problems } from '../../src/http/problem-catalogue.ts';
import { getStateQuery } from '../../workflows/cart.messages.ts';
import { startApiProcesses } from '../support/api-processes.ts';
import { readCartRecord } from '../support/cart-record.ts';
import { mixedCommands, type CartRequest } from '../support/mixed-commands.ts';
import { persist } from '../support/persistent.ts';
import { replaySerially, type CartRecord } from '../support/serial-order.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Answer, type Shopper } from '../support/shopper.ts';

let shop: Shop;
let apis: Awaited<ReturnType<typeof startApiProcesses>>;

beforeAll(async () => {
  shop = await openShop({
    env: { CART_CONTINUE_AS_NEW_EVENTS: '250' },
    control: { stock: { '*': 100_000 } },
  });
  apis = await startApiProcesses(shop, 4);
}, 120_000);

afterAll(async () => {
  await apis.stop();
  await shop.close();
}, 120_000);

interface Body {
  code?: string;
  currentVersion?: number;
  orderId?: string;
  version?: number;
  updatedAt?: string;
}

/** Sends one request through one of the processes, again until it is decided. */
async function send(shopper: Shopper, request: CartRequest, process: number): Promise<Answer<Body>> {
  const url = `${apis.urls[process % apis.urls.length]}/api/v1/carts/${shopper.sessionId}${request.path}`;
  return await persist(request.key, async (headers) => {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        ...headers,
        ...(request.body && { 'content-type': 'application/json' }),
        ...(request.ifMatch !== undefined && { 'if-match': request.ifMatch }),
      },
      ...(request.body && { body: JSON.stringify(request.body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
  });
}

async function shopperWith(names: string[]): Promise<{ shopper: Shopper; cart: CartView }> {
  const shopper = await shop.newShopper();
  await shopper.addMany(names.map((name) => ({ name, quantity: 1 })));
  return { shopper, cart: await until(shopper.cart, allReserved) };
}

const countOf = (answers: readonly Answer<Body>[], wanted: number) =>
  answers.filter(({ status }) => status === wanted).length;

describe('If-Match', () => {
  it('on the same version, sent at once through four processes: exactly one wins, in every round', async () => {
    const { shopper, cart } = await shopperWith(['apple']);
    let { version } = cart;
    for (let round = 1; round <= 3; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => {
          const body = { quantity: 1 + round * 10 + index };
          const request = { method: 'PATCH', path: `/items/${cart.items[0]?.itemId}`, body } as const;
          return send(shopper, { ...request, key: `${round} ${index}`, ifMatch: `"${version}"` }, index);
        }),
      );
      expect([countOf(answers, 200), countOf(answers, 412)]).toEqual([1, 7]);
      for (const { status, body } of answers) {
        if (status === 412) expect(body).toMatchObject({ code: 'version_mismatch' });
        if (status === 412) expect(body.currentVersion).toBeGreaterThan(version);
      }
      const winner = answers.findIndex(({ status }) => status === 200);
      const after = await until(shopper.cart, allReserved);
      expect(after.items[0]?.quantity).toBe(1 + round * 10 + winner);
      version = after.version;
    }
  });

  it('of the empty cart lets one first add through', async () => {
    const shopper = await shop.newShopper();
    const empty = await shopper.call<CartView>('GET', `/api/v1/carts/${shopper.sessionId}`);
    const ifMatch = empty.headers.get('etag')!;
    const answers = await Promise.all(
      [0, 1, 2, 3].map((index) => {
        const body = { name: `item ${index}`, quantity: 1 };
        return send(shopper, { key: `${index}`, method: 'POST', path: '/items', body, ifMatch }, index);
      }),
    );
    expect([countOf(answers, 201), countOf(answers, 412)]).toEqual([1, 3]);
    expect((await shopper.cart()).items).toHaveLength(1);
  });
});

describe('If-None-Match', () => {
  it('is a 304 for the cart and the order as they are, and the whole once they have changed', async () => {
    const { shopper } = await shopperWith(['apple']);
    const { body: order } = await persist('buy', (headers) => shopper.checkout(undefined, headers));
    await until(
      async () => (await shopper.order(order.orderId)).body,
      ({ payment }) => payment !== null,
    );
    const session = { 'session-id': shopper.sessionId };
    const paths = [`/api/v1/carts/${shopper.sessionId}`, `/api/v1/orders/${order.orderId}`];
    for (const path of paths) {
      const read = (tag: string) =>
        shopper.call<Body>('GET', path, undefined, { ...session, 'if-none-match': tag });
      const { headers, body } = await read('"none"');
      expect(headers.get('etag')).toBe(`"${body.version}"`);
      const same = await read(headers.get('etag')!);
      expect([same.status, same.body, same.headers.get('etag')]).toEqual([
        304,
        undefined,
        headers.get('etag'),
      ]);
    }
    const before = await Promise.all(paths.map((path) => shopper.call('GET', path, undefined, session)));
    await persist('no', (headers) =>
      shopper.call('DELETE', `/api/v1/carts/${shopper.sessionId}/checkout`, undefined, headers),
    );
    for (const [index, path] of paths.entries()) {
      const tag = { ...session, 'if-none-match': before[index]?.headers.get('etag') ?? '' };
      expect((await shopper.call('GET', path, undefined, tag)).status).toBe(200);
    }
  });
});

describe('200 mixed commands at once on one cart, through four API processes', () => {
  it('come out as if they had been sent one after the other, and every answer says so', async () => {
    const { shopper, cart } = await shopperWith(['apple', 'pear', 'plum', 'fig']);
    // This line is not reserved before the end: checkouts wait for it until a command gives them up.
    const { calls } = await shop.stub.ledger();
    await shop.stub.control({ latencyMs: 300_000 });
    const { body: slow } = await persist('slow', (headers) => shopper.add('slow', 1, headers));
    await until(shop.stub.ledger, (ledger) => ledger.calls['reserve']! > calls['reserve']!);
    await shop.stub.control({ latencyMs: 0 });

    const requests = mixedCommands(cart, { count: 200, version: slow.version });
    const answers = await sendAll(shopper, requests);
    const slowLine = slow.items.find(({ name }) => name === 'slow')!;
    await shopper.remove(slowLine.itemId);
    const order = await persist('in the end', (headers) => shopper.checkout(undefined, headers));
    expect(order.status).toBe(201);
    const final = await untilAtRest(shopper);
    const record = await readCartRecord(shop, shopper.cartId);

    const carts = replaySerially(record);
    expect(final).toEqual(carts.get(record.events.length));
    expect(await shopper.cart()).toEqual(toCartView(final));
    for (const [index, request] of requests.entries()) {
      const results = resultsOf(record, shopper.cartId, request);
      expect(results.length).toBe(requests.some((other) => isOtherWithKey(request, other)) ? 2 : 1);
      expect(results.map((result) => told(result, answers[index]!, carts))).toContainEqual([]);
    }
    // All sorts of outcomes, or this has shown little.
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual(expect.arrayContaining([200, 201, 409, 412, 422]));
    expectToBeSeenThrough(record);
  }, 300_000);
});

async function sendAll(shopper: Shopper, requests: readonly CartRequest[]): Promise<Answer<Body>[]> {
  let open = requests.length;
  const answers = Promise.all(
    requests.map((request, index) => send(shopper, request, index).finally(() => (open -= 1))),
  );
  // The last checkouts may wait with nobody left to give them up.
  const checkouts = requests.filter(({ method, path }) => method === 'POST' && path === '/checkout').length;
  await until(
    async () => open,
    (count) => count <= checkouts,
    120_000,
  );
  await until(
    async () => (await shopper.cancelCheckout()) && open,
    (count) => count === 0,
    120_000,
  );
  return await answers;
}

async function untilAtRest(shopper: Shopper): Promise<Cart> {
  const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
  const isAtRest = (state: Cart | null) => state !== null && effectsOf(state).length === 0;
  const state = (await until(() => handle.query(getStateQuery), isAtRest, 60_000))!;
  await until(shopper.cart, ({ version }) => version === state.version, 60_000);
  return state;
}

const isOtherWithKey = (request: CartRequest, other: CartRequest) =>
  other.key === request.key && JSON.stringify(other) !== JSON.stringify(request);

/** What is on record under the key of a request. */
function resultsOf({ outcomes }: CartRecord, cartId: string, { key }: CartRequest): OperationResult[] {
  const id = digest(`${cartId}\n${key}`);
  return [...outcomes].flatMap(([operationId, { result }]) => (keyOf(operationId) === id ? [result] : []));
}

/** Where a client's answer is not what is on record; empty when it is. */
function told(
  result: OperationResult,
  { status, headers, body }: Answer<Body>,
  carts: Map<number, Cart>,
): string[] {
  if (result.status === 'rejected') {
    const { code, ...facts } = result.rejection;
    const wanted = { ...facts, code, status: problems[code].status };
    return differences(wanted, { ...body, status });
  }
  if (result.orderId !== undefined) return differences({ orderId: result.orderId }, body);
  const cart = carts.get(body.version ?? 0);
  if (!cart || cart.version < result.version || status >= 300) return [`${status} version ${body.version}`];
  const etag = headers.get('etag') === `"${cart.version}"` ? [] : ['ETag'];
  // A workflow task that would have ended the run while a signal arrived was done again, at another instant.
  const isAsItWas = body.updatedAt === toCartView(cart).updatedAt;
  return isAsItWas ? [...etag, ...differences(toCartView(cart), body)] : etag;
}

function differences(wanted: object, actual: object): string[] {
  const text = (value: unknown) => JSON.stringify(value);
  return Object.entries(wanted)
    .filter(([name, value]) => text(value) !== text((actual as Record<string, unknown>)[name]))
    .map(
      ([name, value]) => `${name}: ${text((actual as Record<string, unknown>)[name])}, not ${text(value)}`,
    );
}

/** The same record with one thing wrong in it is seen through: an outcome, an order of arrival, a lost event. */
function expectToBeSeenThrough(record: CartRecord) {
  const applied = [...record.outcomes].filter(([, { result }]) => result.status === 'applied');
  const [id, outcome] = applied.at(-1)!;
  const elsewhere = { ...outcome, result: { ...outcome.result, version: 1 } as OperationResult };
  const outcomes = new Map(record.outcomes).set(id, elsewhere);
  expect(() => replaySerially({ ...record, outcomes })).toThrow();
  expect(() => replaySerially({ ...record, envelopes: record.envelopes.toReversed() })).toThrow();
  const lost = record.events.filter(({ version }) => version !== 5);
  expect(() => replaySerially({ ...record, events: lost })).toThrow();
}
