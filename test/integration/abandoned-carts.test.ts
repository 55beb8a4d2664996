import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { createCartLog, openCart } from '../../src/domain/cart-log.ts';
import type { NewItem } from '../../src/domain/commands.ts';
import type { Database } from '../../src/platform/database.ts';
import { createAbandonedCarts, type AbandonedCart } from '../../src/read-model/abandoned-carts.ts';
import { createAbandonedSummary } from '../../src/read-model/abandoned-summary.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { addItem, envelope, item, settleAll, ttlMs } from '../support/cart-scenario.ts';
import { openShop, type Shop } from '../support/shop.ts';

const now = Date.UTC(2026, 10, 24, 15);
const [minute, day] = [60_000, 86_400_000];
const adminToken = 'an-admin-token-that-only-the-tests-know';

let shop: Shop;
let database: Database;

/** Its releases are confirmed a while after it was abandoned: the last change is not the abandonment. */
function abandonedAt(cartId: string, at: number, items: NewItem[], currency = 'EUR'): CartLog {
  const cartLog = createCartLog(openCart({ cartId, currency, ttlMs }, at - ttlMs));
  cartLog.handle(envelope(addItem(...items)), at - ttlMs);
  settleAll(cartLog, at - ttlMs + 1);
  cartLog.tick(at);
  settleAll(cartLog, at + (cartId.endsWith('0') ? 5 * minute : 1));
  return cartLog;
}

beforeAll(async () => {
  shop = await openShop({ worker: false, env: { ADMIN_TOKEN: adminToken } });
  database = shop.database;
  const carts = Array.from({ length: 25 }, (_, index) =>
    // Five at the same moment, so that a page ends between them.
    abandonedAt(`cart-${index}`, now - minute * Math.floor(index / 5), [item('apple', index + 1, 10)]),
  );
  carts.push(
    abandonedAt('old-0', now - 2 * day, [item('pear', 3, 200), item('apple', 1, 10)]),
    abandonedAt('older-1', now - 40 * day, [item('fig', 9, 1)]),
    abandonedAt('foreign-1', now - minute, [item('apple', 500, 10)], 'SEK'),
    createCartLog(openCart({ cartId: 'active', currency: 'EUR', ttlMs }, now)),
  );
  const resumed = abandonedAt('resumed', now - minute, [item('apple', 700, 10)]);
  resumed.handle(envelope(addItem(item('plum', 1))), now);
  for (const cartLog of [...carts, resumed]) await createCartProjector(database).save(cartLog.nextSave()!);
});

afterAll(async () => {
  await shop.close();
});

async function listAll(filters: { minTotalMinor?: number; since?: number; until?: number }, limit = 7) {
  const list = createAbandonedCarts(database, () => now);
  const all: AbandonedCart[] = [];
  let before: Parameters<typeof list>[0]['before'];
  do {
    const { minTotalMinor, since, until } = filters;
    const page = await list({ before, limit, minTotalMinor, since, until });
    expect(page.carts.length).toBeLessThanOrEqual(limit);
    all.push(...page.carts);
    before = page.next;
  } while (before);
  return all;
}

const idsOf = (carts: readonly AbandonedCart[]) => carts.map(({ cartId }) => cartId);

describe('the list of abandoned carts', () => {
  it('has every cart that is abandoned now once, the latest first, whatever the size of its pages', async () => {
    const all = await listAll({});
    expect(all).toHaveLength(28);
    expect(new Set(idsOf(all)).size).toBe(28);
    expect(idsOf(all)).not.toContain('active');
    expect(idsOf(all)).not.toContain('resumed');
    const times = all.map((cart) => cart.abandonedAt);
    expect(times).toEqual(times.toSorted().toReversed());
    for (const limit of [1, 5, 28, 100]) expect(await listAll({}, limit)).toEqual(all);
  });

  it('says what was left behind, for how long, and nothing that leads to the shopper', async () => {
    const [cart] = await listAll({ until: now - day, since: now - 3 * day });
    expect(cart).toEqual({
      cartId: 'old-0',
      abandonedAt: new Date(now - 2 * day).toISOString(),
      ageSeconds: 172_800,
      itemCount: 4,
      totalMinor: 610,
      currency: 'EUR',
      items: [
        { name: 'pear', quantity: 3, unitPriceMinor: 200 },
        { name: 'apple', quantity: 1, unitPriceMinor: 10 },
      ],
    });
  });

  it('is narrowed by total and by time, from the first instant to before the second', async () => {
    expect(idsOf(await listAll({ minTotalMinor: 5_000 }))).toEqual(['foreign-1']);
    const since = now - 2 * minute;
    expect(idsOf(await listAll({ since, until: now - minute })).toSorted()).toEqual(
      ['cart-10', 'cart-11', 'cart-12', 'cart-13', 'cart-14'].toSorted(),
    );
  });
});

describe('the summary', () => {
  it('counts what is still abandoned by day, days without any included, in one currency', async () => {
    const summary = await createAbandonedSummary(database, () => now)({ days: 30, currency: 'EUR' });
    const eachToday = (25 * 26) / 2;
    expect(summary.days).toHaveLength(30);
    expect(summary.days.filter(({ count }) => count > 0)).toEqual([
      { day: '2026-11-22', count: 1, totalMinor: 610 },
      { day: '2026-11-24', count: 25, totalMinor: eachToday * 10 },
    ]);
    expect(summary).toMatchObject({ count: 26, totalMinor: eachToday * 10 + 610 });
    expect(summary.topItems).toEqual([
      { name: 'apple', quantity: eachToday + 1, carts: 26 },
      { name: 'pear', quantity: 3, carts: 1 },
    ]);
  });

  it('of a day has that day only', async () => {
    const summary = await createAbandonedSummary(database, () => now)({ days: 1, currency: 'SEK' });
    expect(summary).toEqual({
      count: 1,
      totalMinor: 5_000,
      days: [{ day: '2026-11-24', count: 1, totalMinor: 5_000 }],
      topItems: [{ name: 'apple', quantity: 500, carts: 1 }],
    });
  });
});

it('the endpoints answer over HTTP with the token, page by page', async () => {
  const get = async (path: string, headers = {}) => {
    const response = await fetch(`${shop.url}/api/v1/admin/abandoned-carts${path}`, { headers });
    return { status: response.status, body: (await response.json()) as { carts: unknown[]; next: string } };
  };
  const headers = { authorization: `Bearer ${adminToken}` };
  expect((await get('')).status).toBe(401);
  const first = await get('?limit=20&minTotalMinor=1', headers);
  const second = await get(`?limit=20&minTotalMinor=1&cursor=${first.body.next}`, headers);
  expect([first.body.carts.length, second.body.carts.length, second.body.next]).toEqual([20, 8, null]);
  expect((await get('/summary?days=366', headers)).body).toMatchObject({ currency: 'EUR' });
});
