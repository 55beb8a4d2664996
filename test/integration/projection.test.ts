import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { createCartViews, loadStoredCart } from '../../src/read-model/cart-views.ts';
import { forgetOldOperations } from '../../src/read-model/operation-retention.ts';
import type { Database } from '../../src/platform/database.ts';
import { createCartLog, type CartLog } from '../../src/domain/cart-log.ts';
import type { CartSave } from '../../src/domain/persistence.ts';
import { addItem, envelope, given, item, openedAt } from '../support/cart-scenario.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;
let database: Database;

beforeAll(async () => {
  shop = await openShop({ worker: false });
  database = shop.database;
});

afterAll(async () => {
  await shop.close();
});

function take(cartLog: CartLog): CartSave {
  const save = cartLog.nextSave()!;
  cartLog.saved(save);
  return save;
}

/** Two saves of one cart, the second with one line less and one more. */
function twoSaves(): { older: CartSave; newer: CartSave } {
  const cartLog = given(addItem(item('apple', 1), item('pear', 1)));
  const older = take(cartLog);
  cartLog.handle(envelope({ type: 'removeItem', itemId: 'id-apple' }), openedAt + 5_000);
  cartLog.handle(envelope(addItem(item('plum', 2))), openedAt + 6_000);
  return { older, newer: take(cartLog) };
}

describe('the projection', () => {
  it('never goes backwards: a late write of an older version changes neither the cart nor its items', async () => {
    const { older, newer } = twoSaves();
    const projector = createCartProjector(database);
    await projector.save(newer);
    await projector.save(older);
    expect(await createCartViews(database).findCart('cart1')).toEqual(newer.cart);
    const items = await shop.sql`select name, quantity from cart_items where cart_id = 'cart1' order by name`;
    expect([...items]).toEqual([
      { name: 'pear', quantity: 1 },
      { name: 'plum', quantity: 2 },
    ]);
  });

  it('keeps the events and outcomes of a late write, and is safe to repeat', async () => {
    const { older, newer } = twoSaves();
    const projector = createCartProjector(database);
    for (const save of [newer, older, older, newer]) await projector.save(save);
    const [count] = await shop.sql`select count(*)::int as events from cart_events where cart_id = 'cart1'`;
    expect(count).toEqual({ events: newer.cart.version });
  });

  it('takes what a task that was done again has written, at the same versions and below, and in any order', async () => {
    const before = given(addItem(item('apple', 1)));
    const start = before.toState();
    before.saved(take(before));
    const [lost, redone] = [createCartLog(start), createCartLog(start)];
    lost.handle(envelope(addItem(item('pear', 1))), openedAt + 5_000);
    lost.handle(envelope(addItem(item('plum', 1))), openedAt + 6_000);
    redone.handle(envelope({ type: 'removeItem', itemId: 'id-apple' }), openedAt + 5_000);
    const saves = [
      { ...take(lost), fence: 7 },
      { ...take(redone), fence: 9 },
    ];
    for (const order of [saves, saves.toReversed()]) {
      await shop.sql`truncate carts, cart_items, cart_events, operations`;
      for (const save of order) await createCartProjector(database).save(save);
      expect(await createCartViews(database).findCart('cart1')).toEqual(redone.cart);
      const events = await shop.sql`select version, type from cart_events order by version`;
      // What came late of the lost try is beyond the true version, and goes with the next save.
      const kept = events.filter(({ version }) => version <= redone.cart.version);
      expect(kept.map(({ type }) => type)).toEqual(saves[1]!.events.map(({ type }) => type));
      expect(await shop.sql`select name from cart_items`).toHaveLength(0);
    }
    await shop.sql`truncate carts, cart_items, cart_events, operations`;
  });

  it('gives the next life the last state and the operations it must not apply again', async () => {
    const { older, newer } = twoSaves();
    await createCartProjector(database).save(newer);
    const stored = await loadStoredCart(database, 'cart1');
    expect(stored?.cart).toEqual(newer.cart);
    for (const { operationId } of newer.outcomes)
      expect(stored?.recentOperations.map((seen) => seen.operationId)).toContain(operationId);
    expect(await loadStoredCart(database, 'no such cart')).toBeUndefined();
    expect(older.cart.version).toBeLessThan(newer.cart.version);
  });

  it('forgets operations after 24 hours', async () => {
    await createCartProjector(database).save(twoSaves().newer);
    await shop.sql`update operations set at = now() - interval '25 hours'`;
    await forgetOldOperations(database);
    expect(await shop.sql`select 1 from operations`).toHaveLength(0);
  });
});
