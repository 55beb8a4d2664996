import { afterEach, describe, expect, it } from 'vitest';
import { answersHttp, waitUntilReady, type Child } from '../../src/dev/child-process.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startBuilt } from '../support/built-process.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, createShopper, until } from '../support/shopper.ts';

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function openShopWithoutWorker(options: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop({ ...options, worker: false });
  cleanUps.push(() => shop.close());
  return shop;
}

async function startWorkerProcess(shop: Shop): Promise<Child> {
  const worker = await startBuilt('worker.js', shop.settings);
  cleanUps.push(() => worker.stop({ deadlineMs: 100 }));
  return worker;
}

async function startApiProcess(shop: Shop): Promise<{ api: Child; url: string }> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const api = await startBuilt('api.js', { ...shop.settings, PORT: String(port) });
  cleanUps.push(() => api.stop({ deadlineMs: 100 }));
  await waitUntilReady(api, () => answersHttp(`${url}/readyz`), { deadlineMs: 30_000 });
  return { api, url };
}

describe('a SIGKILL of the worker', () => {
  it('with 20 reservations in flight ends with 20 holds: none doubled, none missing', async () => {
    const shop = await openShopWithoutWorker({ control: { latencyMs: 2_000 } });
    const worker = await startWorkerProcess(shop);
    const shoppers = await Promise.all(Array.from({ length: 20 }, () => shop.newShopper()));
    const waitLong = { prefer: 'wait=30' };
    const answers = await Promise.all(shoppers.map((shopper) => shopper.add('apple', 3, waitLong)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    await until(shop.stub.ledger, ({ calls }) => calls['reserve'] === 20);

    worker.kill();
    await worker.exited;
    await shop.stub.control({ latencyMs: 0 });
    await startWorkerProcess(shop);

    for (const shopper of shoppers) await until(shopper.cart, allReserved, 60_000);
    const { holds } = await shop.stub.ledger();
    expect(holds.filter(({ state }) => state === 'held')).toHaveLength(20);
    expect(holds).toHaveLength(20);
    for (const shopper of shoppers) expect(await shop.stub.heldUnits(shopper.cartId)).toBe(3);
  }, 120_000);

  it('in the middle of 60 adds to one cart applies each exactly once', async () => {
    const shop = await openShopWithoutWorker();
    const first = await startWorkerProcess(shop);
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, { prefer: 'wait=30' });
    const adds = Array.from({ length: 60 }, () => shopper.add('apple', 1, { prefer: 'wait=30' }));
    await Promise.race(adds);
    first.kill();
    await first.exited;
    await startWorkerProcess(shop);
    const answers = await Promise.all(adds);
    expect(answers.every(({ status }) => status === 201 || status === 202)).toBe(true);
    const cart = await until(
      shopper.cart,
      (view) => view.totals.itemCount >= 61 && allReserved(view),
      60_000,
    );
    expect(cart.totals.itemCount).toBe(61);
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(61);
  }, 120_000);
});

describe('a SIGTERM', () => {
  it('lets a worker finish the reservations under way: no second call', async () => {
    const shop = await openShopWithoutWorker({ control: { latencyMs: 3_000 } });
    const worker = await startWorkerProcess(shop);
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, { prefer: 'wait=30' });
    await until(shop.stub.ledger, ({ calls }) => calls['reserve'] === 1);
    await worker.stop({ signal: 'SIGTERM', deadlineMs: 20_000 });
    expect(await worker.exited).toMatchObject({ code: 0 });
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(1);

    await startWorkerProcess(shop);
    await until(shopper.cart, allReserved, 60_000);
    expect((await shop.stub.ledger()).calls).toMatchObject({ reserve: 1 });
  }, 120_000);

  it('lets the API answer the requests under way, then it ends', async () => {
    const shop = await openShopWithoutWorker();
    const { api, url } = await startApiProcess(shop);
    const shopper = await createShopper(url);
    const waiting = shopper.add('apple', 1, { prefer: 'wait=3' });
    const operations = () =>
      shop.temporal.workflow
        .getHandle(`cart-${shopper.cartId}`)
        .describe()
        .catch(() => undefined);
    await until(operations, (description) => description !== undefined);
    await api.stop({ signal: 'SIGTERM', deadlineMs: 20_000 });
    expect((await waiting).status).toBe(202);
    expect(await api.exited).toMatchObject({ code: 0 });
  }, 60_000);
});

describe('a SIGKILL of the API', () => {
  it('in the middle of adds loses none that was answered', async () => {
    const shop = await openShopWithoutWorker();
    await shop.workers.start();
    const { api, url } = await startApiProcess(shop);
    const doomed = await createShopper(url);
    let acknowledged = 0;
    const adds = Array.from({ length: 40 }, async (_, index) => {
      const { status } = await doomed.add('apple', 1, { 'idempotency-key': `add ${index}` });
      if (status === 201) acknowledged += 1;
      if (acknowledged === 5) api.kill();
    });
    await Promise.allSettled(adds);
    expect(acknowledged).toBeGreaterThanOrEqual(5);

    // Another API process answers for the same session; the client repeats what it heard nothing of.
    const { url: nextUrl } = await startApiProcess(shop);
    const path = `${nextUrl}/api/v1/carts/${doomed.sessionId}/items`;
    for (let index = 0; index < 40; index += 1) {
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': `add ${index}`,
        prefer: 'wait=30',
      };
      const again = await fetch(path, { method: 'POST', headers, body: '{"name":"apple","quantity":1}' });
      expect(again.status).toBe(201);
    }
    const cart = (await (await fetch(path.replace('/items', ''))).json()) as {
      totals: { itemCount: number };
    };
    expect(cart.totals.itemCount).toBe(40);
  }, 60_000);
});

describe('no worker at all', () => {
  it('answers adds 202, and each is there once after a worker returns', async () => {
    const shop = await openShopWithoutWorker();
    const shopper = await shop.newShopper();
    const key = { 'idempotency-key': 'the same request twice', prefer: 'wait=0' };
    const answers = [];
    for (const headers of [key, key, { prefer: 'wait=0' }])
      answers.push(await shopper.add('apple', 1, headers));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const { operationId } = answers[2]!.body as unknown as { operationId: string };
    expect((await shopper.operation(operationId)).body.status).toBe('pending');

    await shop.workers.start();
    const cart = await until(shopper.cart, (view) => view.items.length > 0 && allReserved(view));
    expect(cart.items).toMatchObject([{ quantity: 2 }]);
    expect((await shopper.operation(operationId)).body.status).toBe('applied');
  });
});
