import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ control: { stock: { '*': 1_000, rare: 2, gone: 0 } } });
});

afterAll(async () => {
  await shop.close();
});

describe('a cart over HTTP', () => {
  it('answers an add with the pending line, then shows it reserved with the id of the service', async () => {
    await shop.stub.control({ latencyMs: 300 });
    const shopper = await shop.newShopper();
    const added = await shopper.add('apple', 2);
    await shop.stub.control({ latencyMs: 0 });
    expect(added.status).toBe(201);
    expect(added.body.items).toMatchObject([
      { name: 'apple', quantity: 2, reservation: { status: 'pending' } },
    ]);
    expect(added.headers.get('etag')).toBe(`"${added.body.version}"`);
    expect(added.headers.get('location')).toBe(`/api/v1/carts/${shopper.sessionId}/items`);
    const cart = await until(shopper.cart, allReserved);
    const { holds } = await shop.stub.ledger();
    const hold = holds.find(
      ({ reservationId }) => reservationId === cart.items[0]?.reservation.reservationId,
    );
    expect(hold).toMatchObject({ item: 'apple', quantity: 2, state: 'held' });
  });

  it('reads its own writes: the next GET has what was answered', async () => {
    const shopper = await shop.newShopper();
    for (let round = 1; round <= 5; round += 1) {
      await shopper.add('apple', 1);
      expect((await shopper.cart()).items[0]?.quantity).toBe(round);
    }
  });

  it('ends 50 parallel adds with quantity 50 on one line and holds for exactly 50', async () => {
    const shopper = await shop.newShopper();
    const answers = await Promise.all(Array.from({ length: 50 }, () => shopper.add('plum', 1)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const cart = await until(shopper.cart, allReserved);
    expect(cart.items).toMatchObject([{ name: 'plum', quantity: 50 }]);
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(50);
  });

  it('reserves many lines of one request in one call', async () => {
    const before = (await shop.stub.ledger()).calls;
    const shopper = await shop.newShopper();
    await shopper.addMany(['a', 'b', 'c', 'd'].map((name) => ({ name, quantity: 1 })));
    await until(shopper.cart, allReserved);
    const after = (await shop.stub.ledger()).calls;
    expect(after['batch']! - before['batch']!).toBe(1);
    expect(after['reserve']).toBe(before['reserve']);
  });

  it('keeps what is held when more is out of stock, and says so', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('rare', 2);
    const { items } = await until(shopper.cart, allReserved);
    await shopper.change(items[0]!.itemId, 3);
    const cart = await until(shopper.cart, (view) => view.items[0]?.reservation.status === 'unavailable');
    expect(cart.items[0]?.reservation).toMatchObject({
      reservationId: items[0]?.reservation.reservationId,
      reason: expect.stringContaining('out of stock'),
    });
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(2);
  });

  it('takes out of stock as an answer: one call, no retry', async () => {
    const before = (await shop.stub.ledger()).calls;
    const shopper = await shop.newShopper();
    await shopper.add('gone', 1);
    await until(shopper.cart, (view) => view.items[0]?.reservation.status === 'unavailable');
    expect((await shop.stub.ledger()).calls['reserve']! - before['reserve']!).toBe(1);
  });

  it('leaves no hold for a line that is removed while its reservation is under way', async () => {
    await shop.stub.control({ latencyMs: 1_000 });
    const shopper = await shop.newShopper();
    const { body } = await shopper.add('fig', 3);
    await until(shop.stub.ledger, ({ calls }) => calls['reserve']! > 0);
    expect((await shopper.remove(body.items[0]!.itemId)).status).toBe(200);
    await shop.stub.control({ latencyMs: 0 });
    // The service would have held it after a second: look again once that is over.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(0);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    expect(await handle.query('getCart')).toMatchObject({ items: [] });
  });

  it('makes one hold when the service loses its answer after taking effect', async () => {
    await shop.stub.control({ loseNextAnswers: 1 });
    const shopper = await shop.newShopper();
    await shopper.add('quince', 4);
    await until(shopper.cart, allReserved);
    const { holds } = await shop.stub.ledger();
    expect(holds.filter(({ item }) => item === 'quince')).toMatchObject([{ quantity: 4, state: 'held' }]);
  });

  it('retries through errors and dropped connections', async () => {
    await shop.stub.control({ failNext: 1, dropNext: 1 });
    const shopper = await shop.newShopper();
    await shopper.add('melon', 1);
    const cart = await until(shopper.cart, allReserved);
    expect(cart.items[0]?.reservation.status).toBe('reserved');
  });

  it('releases everything when the cart is cleared', async () => {
    const shopper = await shop.newShopper();
    await shopper.addMany([
      { name: 'x', quantity: 2 },
      { name: 'y', quantity: 3 },
    ]);
    await until(shopper.cart, allReserved);
    expect((await shopper.clear()).body.items).toEqual([]);
    await until(
      () => shop.stub.heldUnits(shopper.cartId),
      (units) => units === 0,
    );
  });
});

describe('operations', () => {
  it('answers 202 at once when asked to, and tells the outcome later', async () => {
    const shopper = await shop.newShopper();
    const { status, headers, body } = await shopper.add('apple', 1, { prefer: 'respond-async' });
    expect(status).toBe(202);
    const { operationId } = body as unknown as { operationId: string };
    expect(headers.get('location')).toBe(`/api/v1/carts/${shopper.sessionId}/operations/${operationId}`);
    await until(
      () => shopper.operation(operationId),
      (operation) => operation.body.status === 'applied',
    );
    expect((await shopper.cart()).items).toHaveLength(1);
  });

  it('keeps a rejection on record', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 999);
    const { body } = await shopper.add('apple', 1, { prefer: 'respond-async' });
    const { operationId } = body as unknown as { operationId: string };
    const operation = await until(
      () => shopper.operation(operationId),
      (answer) => answer.body.status !== 'pending',
    );
    expect(operation.body).toMatchObject({
      status: 'rejected',
      problem: { code: 'quantity_limit', status: 409 },
    });
  });

  it("does not show another cart's operation", async () => {
    const [shopper, stranger] = await Promise.all([shop.newShopper(), shop.newShopper()]);
    await shopper.add('apple', 1, { 'idempotency-key': 'mine' });
    const [row] = await shop.sql`select operation_id from operations where cart_id = ${shopper.cartId}`;
    expect((await stranger.operation(row!['operation_id'])).body.status).toBe('pending');
  });
});

describe('the read model', () => {
  it('has the lines, the events and the operations of a cart for queries', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    const [line] = await shop.sql`select * from cart_items where cart_id = ${shopper.cartId}`;
    expect(line).toMatchObject({ name: 'apple', quantity: 2, reservation_status: 'reserved' });
    const events =
      await shop.sql`select type from cart_events where cart_id = ${shopper.cartId} order by version`;
    expect(events.map(({ type }) => type)).toEqual([
      'CartOpened',
      'ItemAdded',
      'ReservationRequested',
      'ReservationConfirmed',
    ]);
  });
});

describe('the cart in the Temporal Web UI', () => {
  it('is found by its status, has a readable id and a summary, and answers the getCart query', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    const description = await handle.describe();
    expect(await description.staticSummary()).toBe(`Cart ${shopper.cartId}`);
    expect(
      description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
    ).toContainEqual(['CartStatus', 'active']);
    expect(await handle.query('getCart')).toMatchObject({ items: [{ name: 'apple', quantity: 2 }] });
    const metadata = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(metadata.currentDetails).toContain('| apple | 2 |');
  });
});

describe("an operator's cancel", () => {
  it('while a reservation is under way abandons the cart, ends the run and leaves nothing held', async () => {
    await shop.stub.control({ latencyMs: 1_000 });
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    await handle.cancel();
    expect(await handle.result()).toMatchObject({ status: 'abandoned' });
    await shop.stub.control({ latencyMs: 0 });
    const cart = await shopper.cart();
    expect(cart).toMatchObject({ status: 'abandoned', items: [{ reservation: { status: 'released' } }] });
    // The service would have held it after a second: look again once that is over.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(0);

    await shopper.add('pear', 1);
    const resumed = await until(shopper.cart, allReserved);
    expect(resumed.items.map(({ name, quantity }) => [name, quantity])).toEqual([
      ['apple', 2],
      ['pear', 1],
    ]);
  });
});

describe('the event budget', () => {
  it('an add with its reservation costs at most 12 history events', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('first', 1);
    await until(shopper.cart, allReserved);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    const before = (await until(() => handle.describe(), isQuiet)).historyLength;
    await shopper.add('second', 1);
    await until(shopper.cart, allReserved);
    const after = (await until(() => handle.describe(), isQuiet)).historyLength;
    expect(after - before).toBeLessThanOrEqual(12);
  });
});

/** Nothing is under way: the history has all events of what came before. */
const isQuiet = ({
  raw,
}: {
  raw: { pendingActivities?: unknown[] | null; pendingWorkflowTask?: unknown };
}): boolean => (raw.pendingActivities ?? []).length === 0 && !raw.pendingWorkflowTask;
