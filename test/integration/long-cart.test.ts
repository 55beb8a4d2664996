import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { persist } from '../support/persistent.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({
    control: { stock: { '*': 1_000_000 } },
    env: { CART_CONTINUE_AS_NEW_EVENTS: '1000' },
  });
});

afterAll(async () => {
  await shop.close();
});

const operations = 3_000;
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
const concurrency = 24;

describe('a long-lived cart', () => {
  it('takes 3,000 operations through several continue-as-new: none lost, none applied twice', async () => {
    const shopper = await shop.newShopper();
    const statuses = new Map<number, number>();
    let next = 0;
    async function lane() {
      for (let index = next++; index < operations; index = next++) {
        const name = names[index % names.length]!;
        const { status } = await persist(`add ${index}`, (headers) => shopper.add(name, 1, headers));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }
    await Promise.all(Array.from({ length: concurrency }, lane));
    expect([...statuses]).toEqual([[201, operations]]);

    const cart = await until(shopper.cart, allReserved, 60_000);
    expect(cart.items.map(({ quantity }) => quantity)).toEqual(names.map(() => operations / names.length));
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(operations);
    const [count] =
      await shop.sql`select count(*)::int as applied from operations where cart_id = ${shopper.cartId}`;
    expect(count).toEqual({ applied: operations });

    const runs = [];
    for await (const run of shop.temporal.workflow.list({ query: `WorkflowId = "cart-${shopper.cartId}"` })) {
      runs.push(run.status.name);
    }
    expect(runs.filter((status) => status === 'CONTINUED_AS_NEW').length).toBeGreaterThanOrEqual(2);
    expect(runs.filter((status) => status === 'RUNNING')).toHaveLength(1);
  }, 300_000);

  it('carries commands that wait over into the next run: none lost, in order', async () => {
    const small = await openShop({ worker: false, env: { CART_CONTINUE_AS_NEW_EVENTS: '50' } });
    try {
      const shopper = await small.newShopper();
      // One after the other: a cart has places for so many at once.
      for (let sent = 0; sent < 100; sent += 1) {
        expect((await shopper.add('apple', 1, { prefer: 'respond-async' })).status).toBe(202);
      }
      await shopper.call('DELETE', `/api/v1/carts/${shopper.sessionId}/items`, undefined, {
        prefer: 'respond-async',
      });
      await shopper.add('pear', 7, { prefer: 'respond-async' });

      await small.workers.start();
      const cart = await until(shopper.cart, (view) => view.items.length === 1 && allReserved(view));
      expect(cart.items).toMatchObject([{ name: 'pear', quantity: 7 }]);
      const [count] =
        await small.sql`select count(*)::int as applied from operations where status = 'applied'`;
      expect(count).toEqual({ applied: 102 });
    } finally {
      await small.close();
    }
  });
});
