import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApi } from '../../src/composition/create-api.ts';
import { loadApiConfig } from '../../src/config.ts';
import { freePort } from '../../src/dev/ports.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { createCartFeed } from '../../src/read-model/cart-feed.ts';
import { createChangedCarts } from '../../src/read-model/changed-carts.ts';
import { createLiveCarts } from '../../src/read-model/live-carts.ts';
import { closeDatabase, createDatabase } from '../../src/platform/database.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { CartLog } from '../../src/domain/cart-log.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { addItem, envelope, given, item, openedAt } from '../support/cart-scenario.ts';
import { startBuilt } from '../support/built-process.ts';
import { expectRising, readEvents } from '../support/event-stream.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';

const host = '127.0.0.1';
const listeners = 'durable-cart feed';

let shop: Shop;
let other: Awaited<ReturnType<typeof startSecondApi>>;

beforeAll(async () => {
  shop = await openShop();
  other = await startSecondApi();
});

afterAll(async () => {
  await other?.close();
  await shop.close();
});

/** A second API process in all but name: a pool, a listening connection and a port of its own. */
async function startSecondApi() {
  const api = createApi(loadApiConfig(shop.settings), createLogger({ level: 'silent', service: 'api' }));
  const server = await startHttpServer({ fetch: api.app.fetch, host, port: 0 });
  return {
    url: `http://${host}:${server.port}`,
    async close() {
      api.endStreams();
      await server.close(0);
      await api.close();
    },
  };
}

const eventsOf = ({ sessionId }: Shopper) => `/api/v1/carts/${sessionId}/events`;

async function open(url: string, shopper: Shopper, headers: Record<string, string> = {}) {
  return readEvents(await fetch(url + eventsOf(shopper), { headers }));
}

/** The cart when nothing is under way any more: its version is the last one, until somebody does something. */
async function atRest(shopper: Shopper) {
  await until(
    async () => {
      const [row] =
        await shop.sql`select state -> 'holds' as holds from carts where cart_id = ${shopper.cartId}`;
      return (row?.['holds'] ?? []) as { status: string }[];
    },
    (holds) => holds.every(({ status }) => status === 'held'),
  );
  return await until(shopper.cart, allReserved);
}

/** Everything up to the cart's final state, in order. */
async function followToEnd(stream: Awaited<ReturnType<typeof open>>, final: CartView): Promise<CartView[]> {
  const carts = await stream.cartsUntil(({ version }) => version >= final.version);
  expectRising(carts);
  await stream.cancel();
  return carts;
}

const terminate = (application: string) =>
  shop.sql`select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = ${application}`;

describe('a cart that is followed live', () => {
  it('shows two APIs its changes in order, and both of them its final state', async () => {
    const shopper = await shop.newShopper();
    const streams = [await open(shop.url, shopper), await open(other.url, shopper)];
    const { body } = await shopper.add('apple', 1);
    await shopper.add('pear', 2);
    const plum = (await shopper.add('plum', 1)).body.items.find(({ name }) => name === 'plum');
    await shopper.change(body.items[0]!.itemId, 3);
    await shopper.remove(plum!.itemId);
    const final = await atRest(shopper);
    for (const stream of streams) {
      const carts = await followToEnd(stream, final);
      expect(carts[0]).toMatchObject({ version: 0, items: [] });
      expect(carts.at(-1)).toEqual(final);
    }
  });

  it('shows a checkout and its payment', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    await atRest(shopper);
    const stream = await open(other.url, shopper);
    const { body } = await shopper.checkout();
    await stream.cartsUntil(({ order }) => order?.status === 'awaiting_payment');
    const order = await until(
      async () => (await shopper.order(body.orderId)).body,
      ({ payment }) => payment !== null,
    );
    await shop.payments.succeed(order.payment!.paymentId);
    const carts = await stream.cartsUntil(({ status }) => status === 'completed');
    expect(carts.at(-1)).toMatchObject({ order: { orderId: body.orderId, status: 'paid' } });
    await stream.cancel();
  });

  it('resumes after Last-Event-ID: on another API, with what was missed, or with nothing until it changes', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    const seen = await atRest(shopper);
    const resumed = await open(other.url, shopper, { 'last-event-id': String(seen.version) });
    const { body } = await shopper.add('pear', 1);
    const next = await resumed.nextCart();
    expect(next.version).toBeGreaterThan(seen.version);
    await resumed.cancel();
    const late = await open(shop.url, shopper, { 'last-event-id': String(seen.version) });
    expect((await late.nextCart()).version).toBeGreaterThanOrEqual(body.version);
    await late.cancel();
  });

  it('goes on when the listening connections are lost again and again', async () => {
    const shopper = await shop.newShopper();
    const streams = [await open(shop.url, shopper), await open(other.url, shopper)];
    for (const name of ['apple', 'pear', 'plum']) {
      await until(
        () => terminate(listeners),
        (ended) => ended.length > 0,
      );
      await shopper.add(name, 1);
    }
    await terminate(listeners);
    const final = await atRest(shopper);
    for (const stream of streams) expect((await followToEnd(stream, final)).at(-1)).toEqual(final);
  });

  it('ends when its API is stopped, which does not wait for it', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    const port = await freePort();
    const api = await startBuilt('api.js', {
      ...shop.settings,
      PORT: String(port),
      API_SHUTDOWN_GRACE: '10m',
    });
    const url = `http://${host}:${port}`;
    await until(
      () =>
        fetch(`${url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      Boolean,
    );
    const stream = await open(url, shopper);
    const last = (await stream.nextCart()).version;
    await Promise.all([
      api.stop({ signal: 'SIGTERM', deadlineMs: 40_000 }),
      (async () => {
        while ((await stream.next()) !== undefined);
      })(),
    ]);
    expect(await api.exited).toEqual({ code: 0, signal: null });
    const elsewhere = await open(shop.url, shopper, { 'last-event-id': String(last) });
    await shopper.add('pear', 1);
    expect((await elsewhere.nextCart()).version).toBeGreaterThan(last);
    await elsewhere.cancel();
  });
});

describe('the feed', () => {
  it('tells of every cart that is saved, and that it listens again after its connection was lost', async () => {
    const told: string[] = [];
    const feed = createCartFeed(shop.settings.DATABASE_URL);
    feed.subscribe({ onSaved: (cartId) => told.push(cartId), onConnected: () => told.push('connected') });
    try {
      await until(
        async () => told,
        (news) => news.includes('connected'),
      );
      const shopper = await shop.newShopper();
      await shopper.add('apple', 1);
      await until(
        async () => told,
        (news) => news.includes(shopper.cartId),
      );
      await terminate(listeners);
      const news = await until(
        async () => told,
        (names) => names.filter((name) => name === 'connected').length === 2,
      );
      expect(news[0]).toBe('connected');
    } finally {
      await feed.close();
    }
  });
});

describe('without a listening connection', () => {
  it('finds what was saved by looking', async () => {
    // A database of its own, which takes no new connection once these two are there.
    const lonely = await openShop({ worker: false });
    const url = lonely.settings.DATABASE_URL;
    const [writer, reader] = ['live writer', 'live reader'].map((applicationName) =>
      createDatabase({ url, poolSize: 1, applicationName }),
    );
    const admin = postgres(shop.settings.DATABASE_URL, { max: 1, onnotice: () => {} });
    const feed = createCartFeed(url);
    const carts = createLiveCarts({ feed, readChanged: createChangedCarts(reader!) });
    try {
      const cartLog: CartLog = given(addItem(item('apple', 1)));
      const save = async () => {
        const next = cartLog.nextSave()!;
        await createCartProjector(writer!).save(next);
        cartLog.saved(next);
      };
      await save();
      const versions: number[] = [];
      await carts.watch('cart1', (cart) => versions.push(cart?.version ?? 0)).ready;
      await until(async () => feed.connected, Boolean);

      const name = new URL(url).pathname.slice(1);
      await admin.unsafe(`alter database ${name} with allow_connections false`);
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
                  where datname = ${name} and application_name = ${listeners}`;
      await until(
        async () => feed.connected,
        (connected) => !connected,
      );
      cartLog.handle(envelope(addItem(item('pear', 1))), openedAt + 9_000);
      await save();
      await until(
        async () => versions.at(-1),
        (version) => version === cartLog.cart.version,
      );
      expect(feed.connected).toBe(false);

      await admin.unsafe(`alter database ${name} with allow_connections true`);
      await until(async () => feed.connected, Boolean);
      cartLog.handle(envelope(addItem(item('plum', 1))), openedAt + 10_000);
      await save();
      await until(
        async () => versions.at(-1),
        (version) => version === cartLog.cart.version,
      );
      expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    } finally {
      carts.close();
      await feed.close();
      await Promise.all([closeDatabase(writer!), closeDatabase(reader!), admin.end({ timeout: 1 })]);
      await lonely.close();
    }
  });
});
