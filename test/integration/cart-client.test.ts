import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buyApples } from '../../docs/examples/storefront.ts';
import { createCartClient, createSession } from '../../src/client/index.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { tokenOf, userSettings } from '../support/tokens.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ env: userSettings });
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

  it('moves the cart of a guest into that of the user, also when the API does not wait for it', async () => {
    const { sessionId } = await createSession({ baseUrl: shop.url });
    const guest = createCartClient({ baseUrl: shop.url, session: sessionId });
    await guest.addItem({ name: 'apple', quantity: 2 });
    const user = createCartClient({
      baseUrl: shop.url,
      token: () => tokenOf({ subject: 'client@example.org' }),
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init?.headers, prefer: 'respond-async' } }),
    });
    expect(await user.claim(sessionId)).toMatchObject({ items: [{ name: 'apple', quantity: 2 }] });
    expect(await user.cart()).toMatchObject({ items: [{ name: 'apple', quantity: 2 }] });
    await expect(guest.cart()).rejects.toMatchObject({ code: 'session_not_found' });
  });
});
