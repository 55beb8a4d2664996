import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/database.ts';
import { createCatalog } from '../../src/read-model/catalog.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;
let database: Database;

beforeAll(async () => {
  shop = await openShop({ env: { CATALOG: 'strict' } });
  database = shop.database;
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', 120), ('constructor', 7)`;
});

afterAll(async () => {
  await shop.close();
});

const known = (unitPriceMinor: number) => ({ status: 'known', unitPriceMinor });

describe('the catalogue', () => {
  it('prices a cart from the products table, never from the client', async () => {
    const shopper = await shop.newShopper();
    const path = `/api/v1/carts/${shopper.sessionId}/items`;
    const added = await shopper.call('POST', path, { name: 'apple', quantity: 3, unitPriceMinor: 1 });
    expect(added).toMatchObject({ status: 201, body: { totals: { totalMinor: 360 } } });
  });

  it('refuses names it does not have with 422, and adds nothing of that request', async () => {
    const shopper = await shop.newShopper();
    const refused = await shopper.addMany([
      { name: 'apple', quantity: 1 },
      { name: 'ghost', quantity: 1 },
    ]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'unknown_product', names: ['ghost'] } });
    expect((await shopper.cart()).items).toEqual([]);
  });

  it('asks each time when it caches nothing, and after the time it caches for', async () => {
    const uncached = createCatalog(database, { mode: 'strict', cacheMs: 0 });
    const cached = createCatalog(database, { mode: 'strict', cacheMs: 60_000 });
    for (const catalog of [uncached, cached])
      expect(await catalog.prices(['fig'])).toEqual({ fig: { status: 'unknown' } });
    await shop.sql`insert into products (name, unit_price_minor) values ('fig', 45)`;
    expect(await uncached.prices(['fig'])).toEqual({ fig: known(45) });
    expect(await cached.prices(['fig'])).toEqual({ fig: { status: 'unknown' } });
  });

  it('answers names that come twice, and names that every object has', async () => {
    const catalog = createCatalog(database, { mode: 'open', cacheMs: 1_000 });
    const prices = await catalog.prices(['apple', 'apple', 'constructor', '__proto__']);
    expect(Object.entries(prices)).toEqual([
      ['apple', known(120)],
      ['constructor', known(7)],
      ['__proto__', known(0)],
    ]);
  });
});
