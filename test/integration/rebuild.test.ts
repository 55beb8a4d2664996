import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { CartEvent } from '../../src/domain/events.ts';
import type { Database } from '../../src/platform/database.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { createCartViews } from '../../src/read-model/cart-views.ts';
import { createHistoryViews } from '../../src/read-model/history-views.ts';
import { rebuild, type Finding } from '../../src/read-model/rebuild.ts';
import { createRowRepair } from '../../src/read-model/row-repair.ts';
import {
  addItem,
  checkout,
  envelope,
  given,
  item,
  openedAt,
  paid,
  settleAll,
} from '../support/cart-scenario.ts';
import { project } from '../support/projected-carts.ts';
import { journey, play } from '../support/random-carts.ts';
import { runProgram } from '../support/run-program.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;
let database: Database;

beforeAll(async () => {
  shop = await openShop({ worker: false });
  database = shop.database;
});

beforeEach(async () => {
  await shop.sql`truncate carts, cart_items, cart_events, operations, orders`;
});

afterAll(async () => {
  await shop.close();
});

async function check(options: { write?: boolean; cartIds?: string[]; cartsPerPage?: number } = {}) {
  const findings: Finding[] = [];
  const report = (finding: Finding) => findings.push(finding);
  const summary = await rebuild({ database, write: false, pauseMs: 1, report, ...options });
  const pointers = findings.flatMap((finding) =>
    finding.status === 'different' ? finding.differences.map(({ pointer }) => pointer) : finding.reason,
  );
  return { summary, findings, pointers };
}

describe('a long random run', () => {
  const lives = fc.sample(journey, { numRuns: 300, seed: 5 });
  let carts: ReturnType<typeof play>[];

  beforeEach(async () => {
    carts = lives.map((life, index) => play(life, `cart-${index}`));
    for (const { drain, saves } of carts) {
      drain();
      await project(database, saves);
    }
  });

  it('is rebuilt from its events alone, cart by cart as it was saved', async () => {
    const { summary, findings } = await check({ cartsPerPage: 40 });
    expect(findings).toEqual([]);
    expect(summary).toEqual({ carts: 300, different: 0, repaired: 0 });
    const [views, history] = [createCartViews(database), createHistoryViews(database)];
    for (const { cart } of carts.map(({ cartLog }) => cartLog)) {
      const then = await history.cartAt(cart.cartId, { version: cart.version });
      expect(then?.cart).toEqual(cart);
      expect(then?.cart).toEqual(await views.findCart(cart.cartId));
    }
    // Every kind of end that a cart and an order can have was there.
    const events = carts.flatMap((cart) => cart.events);
    const types = new Set(events.map(({ type }) => type));
    const life = ['CartAbandoned', 'CartResumed', 'CartRenewed', 'CartTtlChanged'];
    const orders = ['OrderPaid', 'OrderPaymentFailed', 'OrderExpired', 'OrderCancelled', 'PaymentRefunded'];
    for (const type of [...life, ...orders]) expect(types).toContain(type);
  });

  it('has at every version the cart that was in memory after that event', async () => {
    const history = createHistoryViews(database);
    for (const { events, states } of carts.slice(0, 15)) {
      let cart: Cart | undefined;
      const known = new Map(states.map((state) => [state.version, state]));
      for (const event of events) {
        cart = evolve(cart, event);
        const then = await history.cartAt(cart.cartId, { version: event.version });
        expect(then).toEqual({ cart: known.get(event.version) ?? cart, event });
      }
    }
  });

  it('comes back from its events when all of its rows are lost, but for the order book', async () => {
    const rows = () => shop.sql`select * from carts order by cart_id`;
    const items = () => shop.sql`select * from cart_items order by cart_id, item_id`;
    const before = [await rows(), await items()];
    await shop.sql`truncate carts, cart_items`;
    const { summary } = await check({ write: true });
    expect(summary).toEqual({ carts: 300, different: 300, repaired: 300 });
    expect([await rows(), await items()]).toEqual(before);
  });
});

/** A cart with two lines and an order that is paid and to be paid back. */
function cartWithOrder() {
  const cartLog = given(addItem(item('apple', 2)), checkout());
  settleAll(cartLog);
  cartLog.handle(envelope(paid('cart1-1')), openedAt + 60_000);
  settleAll(cartLog, openedAt + 61_000);
  cartLog.handle(envelope(addItem(item('pear', 1), item('plum', 3))), openedAt + 62_000);
  settleAll(cartLog, openedAt + 63_000);
  return { cartLog, save: cartLog.nextSave()! };
}

describe('rebuild', () => {
  it('names every field that differs, writes nothing unless asked to, and repairs all of it', async () => {
    const { save } = cartWithOrder();
    await project(database, [save]);
    await shop.sql`
      update carts set state = jsonb_set(state, '{lines,0,quantity}', '7'), total_minor = 1`;
    await shop.sql`update cart_items set name = 'quince' where item_id = 'id-pear'`;
    await shop.sql`delete from cart_items where item_id = 'id-plum'`;
    await shop.sql`update orders set status = 'cancelled', paid_at = null`;
    const wanted = [
      '/items/id-pear/name',
      '/items/id-plum',
      '/orders/cart1-1/paidAt',
      '/orders/cart1-1/status',
      '/state/lines/0/quantity',
      '/totalMinor',
    ];
    const found = await check();
    expect(found.pointers.toSorted()).toEqual(wanted);
    expect(found.summary).toEqual({ carts: 1, different: 1, repaired: 0 });
    expect((await check()).pointers.toSorted()).toEqual(wanted);

    expect((await check({ write: true })).summary).toEqual({ carts: 1, different: 1, repaired: 1 });
    expect((await check()).pointers).toEqual([]);
    const [order] = await shop.sql`select status, payment_id from orders`;
    expect(order).toEqual({ status: 'paid', payment_id: 'pay-cart1-1' });
    expect(await shop.sql`select 1 from cart_events`).toHaveLength(save.events.length);
  });

  it('moves a row that is behind its events forward', async () => {
    const { save } = cartWithOrder();
    await project(database, [save]);
    const early = save.events.slice(0, 3).reduce<Cart | undefined>(evolve, undefined);
    await shop.sql`update carts set version = 3, state = ${JSON.stringify(early)}::text::jsonb`;
    expect((await check({ write: true })).summary.repaired).toBe(1);
    expect(await createCartViews(database).findCart('cart1')).toEqual(save.cart);
  });

  it('leaves a cart alone whose row is ahead of its events, or whose history has a gap', async () => {
    const { save } = cartWithOrder();
    await project(database, [save]);
    const { version } = save.cart;
    await shop.sql`delete from cart_events where version = ${version}`;
    const ahead = await check({ write: true });
    expect(ahead.findings).toEqual([
      {
        cartId: 'cart1',
        repaired: false,
        status: 'unknowable',
        reason: `its row is of version ${version}, its last event of ${version - 1}`,
      },
    ]);
    await shop.sql`delete from cart_events where version = 4`;
    expect((await check({ write: true })).pointers).toEqual([
      'its events end before version 4: the event is missing',
    ]);
    await shop.sql`truncate cart_events`;
    expect((await check({ write: true })).pointers).toEqual(['it has no events']);
    expect(await createCartViews(database).findCart('cart1')).toEqual(save.cart);
  });

  it('names an order that the book has lost, and counts it as not repaired', async () => {
    await project(database, [cartWithOrder().save]);
    await shop.sql`truncate orders`;
    const { summary, pointers } = await check({ write: true });
    expect(pointers).toEqual(['/orders/cart1-1']);
    expect(summary).toMatchObject({ different: 1, repaired: 0 });
  });

  it('looks only at the carts that are named', async () => {
    const others = fc.sample(journey, { numRuns: 3, seed: 1 });
    for (const [index, life] of others.entries()) {
      const { drain, saves } = play(life, `c${index}`);
      drain();
      await project(database, saves);
    }
    await shop.sql`update carts set total_minor = -1`;
    expect((await check({ cartIds: ['c1'], write: true })).summary.repaired).toBe(1);
    expect((await check()).findings.map(({ cartId }) => cartId)).toEqual(['c0', 'c2']);
  });
});

describe('npm run rebuild', () => {
  const run = (...args: string[]) => runProgram('rebuild.ts', args, shop.settings);

  it('says a line for each difference and a summary, and ends with 1 as long as one is left', async () => {
    await project(database, [cartWithOrder().save]);
    expect(await run()).toEqual({
      code: 0,
      lines: ['1 carts, 0 not as their events say, 0 of them repaired'],
    });
    await shop.sql`update carts set total_minor = 7`;
    const line = '/totalMinor is 7, not 400';
    expect(await run()).toEqual({
      code: 1,
      lines: [`cart1: ${line}`, '1 carts, 1 not as their events say, 0 of them repaired'],
    });
    expect(await run('--write', 'cart1')).toEqual({
      code: 0,
      lines: [`cart1 (repaired): ${line}`, '1 carts, 1 not as their events say, 1 of them repaired'],
    });
    await shop.sql`delete from carts`;
    expect((await run()).lines[0]).toBe('cart1: the row is missing');
    expect((await run('nobody')).lines[0]).toBe('nobody: cannot be rebuilt: it has no events');
    expect((await run('--wirte')).code).toBe(1);
  });
});

describe('a row that is replaced', () => {
  it('never goes backwards, and a save that comes at the same time leaves no item too many', async () => {
    const projector = createCartProjector(database);
    const replaceRows = createRowRepair(database);
    for (let round = 0; round < 40; round += 1) {
      await shop.sql`truncate carts, cart_items, cart_events, operations`;
      const cartLog = given(addItem(item('apple', 1), item('pear', 1), item('plum', 1)));
      const older = cartLog.nextSave()!;
      cartLog.saved(older);
      await projector.save(older);
      cartLog.handle(envelope({ type: 'removeItem', itemId: 'id-apple' }), openedAt + 5_000);
      const newer = cartLog.nextSave()!;
      // The row that is replaced has lost an item: the newer save does not know of the new one yet.
      await shop.sql`delete from cart_items where item_id = 'id-apple'`;
      await Promise.all([replaceRows(older.cart), projector.save(newer)]);
      expect(await createCartViews(database).findCart('cart1')).toEqual(newer.cart);
      const items = await shop.sql`select name from cart_items order by name`;
      expect(items.map(({ name }) => name as string)).toEqual(['pear', 'plum']);
      expect(await replaceRows(older.cart)).toBe('ahead');
    }
  });
});

describe('the history of a cart', () => {
  it('is read in pages, as the cart wrote it', async () => {
    const { save } = cartWithOrder();
    await project(database, [save]);
    const history = createHistoryViews(database);
    const read: CartEvent[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await history.listEvents('cart1', { after, limit: 4 });
      read.push(...page.events);
      after = page.next;
    }
    expect(read).toEqual(save.events);
  });

  it('has the cart as it was at a time, and nothing before its first event or after its last version', async () => {
    const { save } = cartWithOrder();
    await project(database, [save]);
    const history = createHistoryViews(database);
    const lastAt = async (time: number) => (await history.cartAt('cart1', { time }))?.event.version;
    const last = (time: number) => save.events.filter(({ at }) => at <= time).at(-1)?.version;
    for (const time of [openedAt, openedAt + 1_000, openedAt + 1_999, openedAt + 62_000, openedAt * 2])
      expect(await lastAt(time)).toBe(last(time));
    expect(await lastAt(openedAt - 1)).toBeUndefined();
    for (const version of [0, save.cart.version + 1])
      expect(await history.cartAt('cart1', { version })).toBeUndefined();
    await shop.sql`delete from cart_events where version = 2`;
    expect(await history.cartAt('cart1', { version: 5 })).toBeUndefined();
  });
});
