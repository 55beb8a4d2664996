import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CartLog } from '../../src/domain/cart-log.ts';
import type { CartSave } from '../../src/domain/persistence.ts';
import { createDeliveryBook } from '../../src/outbox/delivery-book.ts';
import { createOutboxRelay } from '../../src/outbox/relay.ts';
import { createWebhookViews, type WebhookStatus } from '../../src/outbox/webhook-views.ts';
import type { Database } from '../../src/platform/database.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { createOrderBook } from '../../src/read-model/order-book.ts';
import {
  addItem,
  answer,
  checkout,
  envelope,
  given,
  item,
  openedAt,
  paid,
  settleAll,
  yes,
} from '../support/cart-scenario.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/shopper.ts';

let shop: Shop;
let database: Database;

beforeAll(async () => {
  shop = await openShop({ worker: false });
  database = shop.database;
});

afterAll(async () => {
  await shop.close();
});

beforeEach(async () => {
  await shop.sql`truncate outbox, carts, cart_items, cart_events, operations, orders`;
});

function take(cartLog: CartLog): CartSave {
  const save = cartLog.nextSave()!;
  cartLog.saved(save);
  return save;
}

/** A cart that is abandoned, and then found again by its shopper: two saves. */
function abandonedAndRecovered(): { older: CartSave; newer: CartSave } {
  const cartLog = given(addItem(item('apple', 2)));
  answer(cartLog, yes);
  cartLog.tick(cartLog.cart.expiresAt);
  const older = take(cartLog);
  cartLog.handle(envelope(addItem(item('pear', 1))), openedAt + 500_000);
  return { older, newer: take(cartLog) };
}

const save = (cartSave: CartSave) => createCartProjector(database).save(cartSave);
const rows = async () =>
  [...(await shop.sql`select event_id, type, status, payload from outbox order by event_id`)].map(
    ({ event_id, type, status, payload }) => ({ id: event_id as string, type, status, payload }),
  );

describe('the outbox', () => {
  it('has an event as soon as the save that it is about is written', async () => {
    const { older } = abandonedAndRecovered();
    await save(older);
    expect(await rows()).toMatchObject([
      {
        type: 'cart.abandoned',
        status: 'pending',
        payload: {
          type: 'cart.abandoned',
          cartId: 'cart1',
          data: { items: [{ name: 'apple', quantity: 2, unitPriceMinor: 100 }] },
        },
      },
    ]);
  });

  it('has it once, however often the save is repeated', async () => {
    const { older } = abandonedAndRecovered();
    for (let time = 0; time < 3; time += 1) await save(older);
    expect(await rows()).toHaveLength(1);
  });

  it('has the events of a save that comes late, though its cart is older than the one that is stored', async () => {
    const { older, newer } = abandonedAndRecovered();
    await save(newer);
    await save(older);
    expect((await rows()).map(({ type }) => type).toSorted()).toEqual(['cart.abandoned', 'cart.recovered']);
    const [cart] = await shop.sql`select version from carts`;
    expect(cart).toEqual({ version: newer.cart.version });
  });

  it('has nothing of a save that failed', async () => {
    const { older } = abandonedAndRecovered();
    await shop.sql`alter table cart_events add constraint no_more check (version < 2) not valid`;
    await expect(save(older)).rejects.toThrow();
    await shop.sql`alter table cart_events drop constraint no_more`;
    expect(await rows()).toEqual([]);
  });

  it('tells of a paid order with the items that the order book has', async () => {
    const cartLog = given(addItem(item('apple', 2)), checkout());
    answer(cartLog, yes);
    const { pendingOrder } = cartLog.cart;
    const order = await createOrderBook(database).place({ draft: pendingOrder!, ended: [] });
    answer(cartLog, (effect) => (effect.type === 'placeOrder' ? { status: 'placed', order } : yes(effect)));
    settleAll(cartLog);
    await save(take(cartLog));
    cartLog.handle(envelope(paid(order.orderId)), openedAt + 60_000);
    await save(take(cartLog));
    const { orderId, orderNumber } = order;
    const facts = { orderId, orderNumber, items: [{ name: 'apple', quantity: 2, unitPriceMinor: 100 }] };
    expect(await rows()).toMatchObject([
      { type: 'order.placed', payload: { data: facts } },
      { type: 'order.paid', payload: { data: { ...facts, paymentId: `pay-${orderId}` } } },
    ]);
  });
});

/** Events of as many carts, at different times. */
async function fill(count: number, status: WebhookStatus = 'pending') {
  for (let index = 0; index < count; index += 1) {
    const eventId = `evt_cart${index}_9`;
    const payload = { eventId, type: 'cart.abandoned', cartId: `cart${index}` };
    await shop.sql`
      insert into outbox (event_id, type, cart_id, payload, status, created_at)
      values (${eventId}, 'cart.abandoned', ${`cart${index}`}, ${shop.sql.json(payload)}, ${status},
              now() + make_interval(secs => ${index - 100}))`;
  }
}

describe('the relay', () => {
  it('starts each event once, also when several relays run at once', async () => {
    await fill(50);
    const started: string[] = [];
    const startDelivery = async ({ eventId }: { eventId: string }) => {
      started.push(eventId);
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const relays = Array.from({ length: 3 }, () => createOutboxRelay({ database, startDelivery }));
    await Promise.all(
      relays.map(async (relay) => {
        for (let taken = 1; taken > 0;) ({ taken } = await relay.relayBatch());
      }),
    );
    expect(started.toSorted()).toEqual((await rows()).map(({ id }) => id));
  });

  it('keeps what Temporal does not take for the next time, and hands the rest over', async () => {
    await fill(3);
    let away = true;
    const started: string[] = [];
    const relay = createOutboxRelay({
      database,
      leaseMs: 0,
      async startDelivery({ eventId }) {
        if (away && eventId === 'evt_cart1_9') throw new Error('Temporal is away');
        started.push(eventId);
      },
    });
    await expect(relay.relayBatch()).rejects.toThrow('1 of 3 deliveries not started');
    away = false;
    expect(await relay.relayBatch()).toEqual({ taken: 1 });
    expect(started.toSorted()).toEqual(['evt_cart0_9', 'evt_cart1_9', 'evt_cart2_9']);
    expect(await relay.relayBatch()).toEqual({ taken: 0 });
  });

  it('leaves to the next one what another was at when it died', async () => {
    await fill(1);
    const leaseMs = 300;
    const dying = createOutboxRelay({ database, leaseMs, startDelivery: () => new Promise(() => {}) });
    void dying.relayBatch();
    const next = createOutboxRelay({ database, leaseMs, startDelivery: async () => {} });
    await until(
      () => shop.sql`select 1 from outbox where leased_until is not null`,
      ({ length }) => length === 1,
    );
    expect(await next.relayBatch()).toEqual({ taken: 0 });
    await until(
      () => next.relayBatch(),
      ({ taken }) => taken === 1,
    );
  });

  it('leaves alone what has an outcome', async () => {
    await fill(1, 'delivered');
    expect(await createOutboxRelay({ database, startDelivery: async () => {} }).relayBatch()).toEqual({
      taken: 0,
    });
  });
});

describe('the delivery book', () => {
  const eventId = 'evt_cart0_9';
  const record = (status: WebhookStatus, attempts: number, round = 0) =>
    createDeliveryBook(database).record({ eventId, round, status, attempts, error: 'Answered 500' });
  const read = async () => (await shop.sql`select status, attempts, round from outbox`)[0];

  it('keeps the outcome, whatever is reported afterwards', async () => {
    await fill(1);
    await record('pending', 1);
    await record('dead', 2);
    await record('pending', 3);
    await record('delivered', 3);
    expect(await read()).toEqual({ status: 'dead', attempts: 2, round: 0 });
  });

  it('does not take the outcome of an earlier round for that of this one', async () => {
    await fill(1);
    await record('dead', 20);
    await createWebhookViews(database).redeliver(eventId);
    await record('dead', 20);
    expect(await read()).toEqual({ status: 'pending', attempts: 0, round: 1 });
    await record('delivered', 1, 1);
    expect(await read()).toEqual({ status: 'delivered', attempts: 1, round: 1 });
  });
});

describe('the outbox for operators', () => {
  const list = (status?: WebhookStatus, limit = 2, after?: { createdAt: string; eventId: string }) =>
    createWebhookViews(database).listWebhooks({ status, limit, after });

  it('is listed newest first, in pages, by status', async () => {
    await fill(5, 'dead');
    const seen: string[] = [];
    for (let after: Parameters<typeof list>[2], page = 0; page === 0 || after; page += 1) {
      const { webhooks, next } = await list('dead', 2, after);
      seen.push(...webhooks.map(({ cartId }) => cartId));
      after = next;
    }
    expect(seen).toEqual(['cart4', 'cart3', 'cart2', 'cart1', 'cart0']);
    expect(await list('pending')).toEqual({ webhooks: [], next: undefined });
    expect((await list()).webhooks).toHaveLength(2);
  });

  it('loses none of a page that ends among events of one instant', async () => {
    await fill(5, 'gone');
    await shop.sql`update outbox set created_at = '2026-11-24T12:00:00.123Z'`;
    const first = await list('gone', 3);
    const second = await list('gone', 3, first.next);
    const seen = [...first.webhooks, ...second.webhooks].map(({ cartId }) => cartId);
    expect(seen).toEqual(['cart4', 'cart3', 'cart2', 'cart1', 'cart0']);
  });

  it('sends again what is dead or gone, once; what is delivered is not sent again', async () => {
    await fill(1, 'dead');
    const { redeliver } = createWebhookViews(database);
    const started: number[] = [];
    const relay = createOutboxRelay({
      database,
      startDelivery: async (_event, round) => void started.push(round),
    });
    for (let time = 0; time < 2; time += 1) {
      expect(await redeliver('evt_cart0_9')).toMatchObject({
        status: 'accepted',
        webhook: { round: 1, status: 'pending', attempts: 0, dispatchedAt: null },
      });
    }
    await relay.relayBatch();
    expect(started).toEqual([1]);
    await shop.sql`update outbox set status = 'delivered'`;
    expect(await redeliver('evt_cart0_9')).toEqual({ status: 'delivered' });
    expect(await redeliver('evt_nothing_1')).toEqual({ status: 'not_found' });
  });
});
