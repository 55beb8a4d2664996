import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buyApples } from '../../docs/examples/storefront.ts';
import { createCartClient, createSession } from '../../src/client/index.ts';
import { openShop, type Shop } from '../support/shop.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  await shop.close();
});

describe('the typed client', () => {
  it('does what the README says', async () => {
    const order = await buyApples(shop.url);
    expect(order).toMatchObject({ status: 'awaiting_payment', items: [{ name: 'apple', quantity: 2 }] });
  });

  it('has a command applied once whose answer was lost, and then repeated', async () => {
    const { sessionId } = await createSession({ baseUrl: shop.url });
    let lost = 0;
    const client = createCartClient({
      baseUrl: shop.url,
      session: sessionId,
      async fetch(...args) {
        const answer = await fetch(...args);
        if (lost++ > 0) return answer;
        await answer.body?.cancel();
        throw new TypeError('The connection broke');
      },
    });
    const cart = await client.addItem({ name: 'apple', quantity: 2 });
    expect(cart.items).toMatchObject([{ name: 'apple', quantity: 2 }]);
    expect(lost).toBe(2);
  });
});
