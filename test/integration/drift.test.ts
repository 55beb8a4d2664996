import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMigrateConfig } from '../../src/config.ts';
import { createOpenCarts } from '../../src/gateway/open-carts.ts';
import type { Database } from '../../src/platform/database.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { findDrift, type Drift, type RunningCarts } from '../../src/read-model/drift.ts';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import { addItem, envelope, given, item, openedAt } from '../support/cart-scenario.ts';
import { runProgram } from '../support/run-program.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until, type Shopper } from '../support/shopper.ts';

let shop: Shop;
let database: Database;
let running: RunningCarts;

beforeAll(async () => {
  shop = await openShop();
  database = shop.database;
  const { taskQueue } = loadMigrateConfig(shop.settings).temporal;
  running = createOpenCarts({ client: shop.temporal, taskQueue });
});

afterAll(async () => {
  await shop.close();
});

async function check(options: { repair?: boolean; running?: RunningCarts; pauseMs?: number } = {}) {
  const found: Drift[] = [];
  const report = (drift: Drift) => found.push(drift);
  const summary = await findDrift({ database, running, repair: false, pauseMs: 200, report, ...options });
  return { found, summary };
}

/** A shopper whose cart has come to rest, and is listed by Temporal as open. */
async function shopperWithCart(): Promise<Shopper> {
  const shopper = await shop.newShopper();
  await shopper.addMany([
    { name: 'apple', quantity: 2 },
    { name: 'pear', quantity: 1 },
  ]);
  await until(
    () => shop.sql`select 1 from cart_items where cart_id = ${shopper.cartId} and reservation_id is not null`,
    (rows) => rows.length === 2,
  );
  await until(listed, (ids) => ids.includes(shopper.cartId));
  return shopper;
}

async function listed(): Promise<string[]> {
  const ids: string[] = [];
  for await (const cartId of running.list()) ids.push(cartId);
  return ids;
}

const rowsOf = ({ cartId }: Shopper) =>
  shop.sql`select * from carts left join cart_items using (cart_id) where cart_id = ${cartId} order by item_id`;

describe('drift', () => {
  it('is nowhere after a normal run, also while carts are busy', async () => {
    const shoppers = await Promise.all(Array.from({ length: 5 }, shopperWithCart));
    const busy = Promise.all(
      shoppers.map(async (shopper) => {
        for (let round = 0; round < 8; round += 1) await shopper.add('plum', 1);
      }),
    );
    const { found, summary } = await check();
    expect(found).toEqual([]);
    expect(summary).toEqual({ carts: 5, drifted: 0, repaired: 0, stranded: 0, unanswered: 0 });
    await busy;
  });

  it('is named by field where a row was edited by hand, and repaired when asked to', async () => {
    const shopper = await shopperWithCart();
    const { cartId } = shopper;
    const before = await rowsOf(shopper);
    await shop.sql`
      update carts set total_minor = 7, state = jsonb_set(state, '{lines,0,quantity}', '9')
      where cart_id = ${cartId}`;
    await shop.sql`update cart_items set reservation_id = 'none' where cart_id = ${cartId} and name = 'pear'`;
    const pear = before.find(({ name }) => name === 'pear')!['item_id'] as string;

    const { found, summary } = await check();
    expect(summary).toMatchObject({ drifted: 1, repaired: 0 });
    expect(found).toMatchObject([{ cartId, status: 'drifted', repaired: false }]);
    const pointers = found.flatMap((drift) => (drift.status === 'drifted' ? drift.differences : []));
    expect(pointers.map(({ pointer }) => pointer).toSorted()).toEqual(
      [`/items/${pear}/reservationId`, '/state/lines/0/quantity', '/totalMinor'].toSorted(),
    );

    const said = await runProgram('drift.ts', ['--repair'], shop.settings);
    expect(said.code).toBe(0);
    expect(said.lines).toContain(`${cartId} (repaired): /totalMinor is 7, not 0`);
    expect(said.lines.at(-1)).toMatch(
      /^\d+ open carts, 1 drifted, 1 of them repaired, 0 stranded, 0 could not be asked$/,
    );
    expect((await check()).found).toEqual([]);
    expect([...(await rowsOf(shopper))]).toEqual([...before]);
  });

  it('is a row that is gone or behind, and the cart goes on from the repaired one', async () => {
    const [gone, behind] = [await shopperWithCart(), await shopperWithCart()];
    const before = [await rowsOf(gone), await rowsOf(behind)];
    await shop.sql`delete from carts where cart_id = ${gone.cartId}`;
    await shop.sql`update carts set version = 1 where cart_id = ${behind.cartId}`;
    const { found, summary } = await check({ repair: true });
    expect(summary).toMatchObject({ drifted: 2, repaired: 2 });
    expect(found.map(({ cartId }) => cartId).toSorted()).toEqual([gone.cartId, behind.cartId].toSorted());
    expect([await rowsOf(gone), await rowsOf(behind)].map((rows) => [...rows])).toEqual(
      before.map((rows) => [...rows]),
    );
    const added = await gone.add('fig', 1);
    expect(added.body.items.map(({ name }) => name)).toEqual(['apple', 'pear', 'fig']);
    expect((await check()).found).toEqual([]);
  });

  it('of a row that is ahead of its workflow is named and left: a cart never goes backwards', async () => {
    const shopper = await shopperWithCart();
    await shop.sql`update carts set version = 999 where cart_id = ${shopper.cartId}`;
    const { found, summary } = await check({ repair: true });
    expect(summary).toMatchObject({ drifted: 1, repaired: 0 });
    expect(found).toMatchObject([{ differences: [{ pointer: '/version', stored: 999 }] }]);
    await shop.sql`delete from carts where cart_id = ${shopper.cartId}`;
    expect((await check({ repair: true })).summary).toMatchObject({ drifted: 1, repaired: 1 });
  });

  it('a row of an open cart without a workflow is stranded', async () => {
    const shopper = await shopperWithCart();
    await shop.temporal.workflow.getHandle(cartWorkflowId(shopper.cartId)).terminate();
    await until(listed, (ids) => !ids.includes(shopper.cartId));
    const { found, summary } = await check({ repair: true });
    expect(found).toEqual([{ cartId: shopper.cartId, status: 'stranded', cartStatus: 'active' }]);
    expect(summary).toMatchObject({ drifted: 0, stranded: 1 });
    expect(await runProgram('drift.ts', ['--repair'], shop.settings)).toMatchObject({
      code: 1,
      lines: expect.arrayContaining([
        `${shopper.cartId}: stranded: its row is active, and no workflow runs for it`,
      ]),
    });
    // The next command starts a run from the row.
    expect((await shopper.add('fig', 1)).status).toBe(201);
    await until(listed, (ids) => ids.includes(shopper.cartId));
    expect((await check()).found).toEqual([]);
  });
});

describe('a workflow that is asked', () => {
  /** One cart, whose workflow answers what the test says. */
  const answering = (stateOf: RunningCarts['stateOf']): RunningCarts => ({
    list: async function* () {
      yield 'cart1';
    },
    stateOf,
    isOpen: async () => true,
  });

  it('before its save is through has not drifted, and has when the save never comes', async () => {
    const cartLog = given(addItem(item('apple', 1)));
    const first = cartLog.nextSave()!;
    cartLog.saved(first);
    cartLog.handle(envelope(addItem(item('pear', 1))), openedAt + 5_000);
    const second = cartLog.nextSave()!;
    const projector = createCartProjector(database);
    await projector.save(first);
    const never = answering(async () => cartLog.cart);
    expect((await check({ running: never, pauseMs: 1 })).summary).toMatchObject({ drifted: 1 });

    let asked = 0;
    const late = answering(async () => {
      asked += 1;
      if (asked === 3) await projector.save(second);
      return cartLog.cart;
    });
    expect((await check({ running: late, pauseMs: 1 })).found).toEqual([]);
  });

  it('and does not answer, or has not loaded its cart, is reported as such', async () => {
    const away = answering(() => Promise.reject(new Error('no worker')));
    expect((await check({ running: away })).found).toEqual([
      { cartId: 'cart1', status: 'unanswered', reason: 'no worker' },
    ]);
    const loading = answering(async () => null);
    expect((await check({ running: loading, pauseMs: 1 })).summary).toMatchObject({ unanswered: 1 });
  });
});
