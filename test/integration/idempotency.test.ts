import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../src/composition/create-api.ts';
import { loadApiConfig } from '../../src/config.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { persist } from '../support/persistent.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Answer, type Shopper } from '../support/shopper.ts';

let shop: Shop;
/** A second API over the same Postgres and Temporal, with nothing of the first one's memory. */
let otherApi: Awaited<ReturnType<typeof startOtherApi>>;

beforeAll(async () => {
  shop = await openShop({ env: { CART_CONTINUE_AS_NEW_EVENTS: '60' } });
  otherApi = await startOtherApi();
});

afterAll(async () => {
  await otherApi.close();
  await shop.close();
});

async function startOtherApi() {
  const api = createApi(loadApiConfig(shop.settings), createLogger({ level: 'silent', service: 'api' }));
  const server = await startHttpServer({ fetch: api.app.fetch, host: '127.0.0.1', port: 0 });
  return {
    /** The shopper's add, through this API. */
    async add(shopper: Shopper, name: string, quantity: number, headers: Record<string, string>) {
      const url = `http://127.0.0.1:${server.port}/api/v1/carts/${shopper.sessionId}/items`;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name, quantity }),
      });
      return {
        status: response.status,
        headers: response.headers,
        body: (await response.json()) as CartView & { code?: string; operationId?: string },
      };
    },
    async close() {
      await server.close(0);
      await api.close();
    },
  };
}

const isReplayed = ({ headers }: Answer<unknown>) => headers.get('idempotent-replayed') === 'true';
const key = { 'idempotency-key': 'k', prefer: 'wait=30' };

describe('a repeated Idempotency-Key', () => {
  it('is applied once however often it is sent at once, then replayed with the cart as it is now', async () => {
    const shopper = await shop.newShopper();
    const answers = await Promise.all(
      [1, 2, 3].map(() => persist('k', (headers) => shopper.add('apple', 1, headers))),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(answers.some((answer) => !isReplayed(answer))).toBe(true);
    const { body: cart } = await shopper.add('pear', 1);
    const again = await shopper.add('apple', 1, key);
    expect([again.status, isReplayed(again)]).toEqual([201, true]);
    expect(again.body.items).toMatchObject([{ name: 'apple', quantity: 1 }, { name: 'pear' }]);
    expect(again.body.version).toBeGreaterThanOrEqual(cart.version);
    expect(again.headers.get('etag')).toBe(`"${again.body.version}"`);
  });

  it('replays rejections and checkouts too, the checkout with its order', async () => {
    const shopper = await shop.newShopper();
    const refused = await shopper.checkout(undefined, { ...key, 'idempotency-key': 'too early' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'cart_empty' } });
    await shopper.add('apple', 1, key);
    const stillRefused = await shopper.checkout(undefined, { ...key, 'idempotency-key': 'too early' });
    expect(stillRefused).toMatchObject({ status: 409, body: { code: 'cart_empty' } });
    expect([isReplayed(refused), isReplayed(stillRefused)]).toEqual([false, true]);

    const order = await persist('now', (headers) => shopper.checkout(undefined, headers));
    await shopper.cancelCheckout();
    const again = await shopper.checkout(undefined, { ...key, 'idempotency-key': 'now' });
    expect(again).toMatchObject({ status: 201, body: { orderId: order.body.orderId, status: 'cancelled' } });
    expect(again.headers.get('location')).toBe(`/api/v1/orders/${order.body.orderId}`);
    expect(isReplayed(again)).toBe(true);
    expect((await shopper.orders()).orders).toHaveLength(1);
  });

  it('is replayed by an API that was started later, and refused there for another payload', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, key);
    const again = await otherApi.add(shopper, 'apple', 1, key);
    expect([again.status, isReplayed(again)]).toEqual([201, true]);
    expect(again.body.items).toMatchObject([{ quantity: 1 }]);
    const other = await otherApi.add(shopper, 'apple', 2, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
    expect(isReplayed(other)).toBe(false);
  });

  it('is another request in another session', async () => {
    const [one, other] = await Promise.all([shop.newShopper(), shop.newShopper()]);
    await one.add('apple', 1, key);
    const answer = await other.add('pear', 5, key);
    expect([answer.status, isReplayed(answer)]).toEqual([201, false]);
    expect(answer.body.items).toMatchObject([{ name: 'pear', quantity: 5 }]);
  });

  it('is known after continue-as-new, by the cart itself: also when its record is gone', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, key);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    const { runId } = await handle.describe();
    for (let round = 0; (await handle.describe()).runId === runId; round += 1) {
      await persist(`fig ${round}`, (headers) => shopper.add('fig', 1, headers));
    }
    const replayed = await shopper.add('apple', 1, key);
    expect([replayed.status, isReplayed(replayed)]).toEqual([201, true]);

    await shop.sql`delete from operations where cart_id = ${shopper.cartId}`;
    await shopper.add('apple', 1, { ...key, prefer: 'respond-async' });
    const { body } = await persist('after it', (headers) => shopper.add('plum', 1, headers));
    expect(body.items.find(({ name }) => name === 'apple')?.quantity).toBe(1);
  });

  it("is known in the cart's next life, and does not wake it", async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, key);
    await until(shopper.cart, allReserved);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    await handle.cancel();
    await handle.result();
    const replayed = await shopper.add('apple', 1, key);
    expect(replayed.body).toMatchObject({ status: 'abandoned', items: [{ quantity: 1 }] });
    expect([replayed.status, isReplayed(replayed)]).toEqual([201, true]);
    await persist('next life', (headers) => shopper.add('pear', 1, headers));
    expect(isReplayed(await shopper.add('apple', 1, key))).toBe(true);
    expect((await shopper.cart()).items).toMatchObject([{ name: 'apple', quantity: 1 }, { name: 'pear' }]);
  });
});

describe('while a request is not decided yet', () => {
  it('its repetition is a 409 that says when to try again, joins it in another process, and is never done twice', async () => {
    await shop.workers.stop();
    const shopper = await shop.newShopper();
    const first = persist('k', (headers) => shopper.add('apple', 1, headers));
    const second = await until(
      () => shopper.add('apple', 1, { ...key, prefer: 'respond-async' }),
      ({ status }) => status === 409,
    );
    expect(second.body).toMatchObject({ code: 'request_in_progress' });
    expect(second.headers.get('retry-after')).toBe('1');
    const elsewhere = await otherApi.add(shopper, 'apple', 1, { ...key, prefer: 'respond-async' });
    expect(elsewhere.status).toBe(202);

    await shop.workers.start();
    const answer = await first;
    expect([answer.status, isReplayed(answer)]).toEqual([201, false]);
    const again = await otherApi.add(shopper, 'apple', 1, key);
    expect([again.status, isReplayed(again)]).toEqual([201, true]);
    expect(again.body.items).toMatchObject([{ quantity: 1 }]);
    expect((await shopper.operation(elsewhere.body.operationId!)).body.status).toBe('applied');
  });

  it('another payload under its key is refused, also through another process: each has an operation of its own', async () => {
    await shop.workers.stop();
    const shopper = await shop.newShopper();
    const async = { ...key, prefer: 'respond-async' };
    const first = (await shopper.add('apple', 1, async)).body as unknown as { operationId: string };
    const other = (await otherApi.add(shopper, 'apple', 9, async)).body;
    await shop.workers.start();
    const decided = async (id: string) =>
      (
        await until(
          () => shopper.operation(id),
          ({ body }) => body.status !== 'pending',
        )
      ).body;
    expect(await decided(first.operationId)).toMatchObject({ status: 'applied' });
    expect(await decided(other.operationId!)).toMatchObject({
      status: 'rejected',
      problem: { code: 'idempotency_key_reused', status: 422 },
    });
    expect((await shopper.cart()).items).toMatchObject([{ quantity: 1 }]);
  });
});
