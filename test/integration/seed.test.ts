import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertCatalogue } from '../../src/dev/seed/catalogue.ts';
import { makeDemoCarts, type DemoCart } from '../../src/dev/seed/demo-carts.ts';
import { transitions } from '../../src/domain/transitions.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { bearer, tokenOf, userSettings } from '../support/tokens.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ control: { latencyMs: 1_234 }, env: userSettings });
});

afterAll(async () => {
  await shop.close();
});

describe('the demo data', () => {
  it('fills the catalogue, and again without a change', async () => {
    await shop.sql`insert into products (name, unit_price_minor) values ('apple', 1), ('own', 7)`;
    const count = await upsertCatalogue(shop.database);
    const products = () => shop.sql`select * from products order by name`;
    const first = await products();
    await upsertCatalogue(shop.database);
    expect(await products()).toEqual(first);
    expect(first).toHaveLength(count + 1);
    expect(first.find(({ name }) => name === 'apple')).toMatchObject({ unit_price_minor: 45 });
    expect(first.find(({ name }) => name === 'own')).toMatchObject({ unit_price_minor: 7 });
  });

  it('has a cart in every state that there is, and leaves the stubs as they were', async () => {
    const carts: DemoCart[] = [];
    const temporal = {
      connection: { address: shop.settings.TEMPORAL_ADDRESS },
      namespace: 'default',
    };
    await shop.payments.control({ auto: 'fail' });
    const { url: apiUrl } = shop;
    const options = {
      apiUrl,
      stubUrl: shop.stub.url,
      paymentUrl: shop.payments.url,
      temporal,
      tokenFor: tokenOf,
    };
    for await (const cart of makeDemoCarts(options)) carts.push(cart);

    const views = await Promise.all(
      carts.map(async ({ owner }) => {
        const [name, headers] = 'session' in owner ? [owner.session, {}] : ['me', bearer(owner.token)];
        const response = await fetch(`${shop.url}/api/v1/carts/${name}`, { headers });
        return (await response.json()) as CartView;
      }),
    );
    expect(
      views.map(({ status, items }) => [status, ...items.map(({ reservation }) => reservation.status)]),
    ).toEqual([
      ['active', 'reserved', 'reserved', 'reserved'],
      ['active', 'reserved', 'unavailable'],
      ['abandoned', 'released'],
      ['awaiting_payment', 'reserved'],
      ['completed', 'sold', 'sold'],
      ['active', 'reserved', 'reserved'],
      ['active', 'pending'],
      ['checking_out', 'pending'],
    ]);
    const rows = await shop.sql<{ status: string }[]>`select distinct status from carts`;
    // A cart is `claiming` for some milliseconds only.
    const lasting = Object.keys(transitions).filter((status) => status !== 'claiming');
    expect(rows.map(({ status }) => status).toSorted()).toEqual(lasting.toSorted());
    expect((await shop.stub.control({})).latencyMs).toBe(1_234);
    expect((await shop.payments.control({})).auto).toBe('fail');
  });
});
