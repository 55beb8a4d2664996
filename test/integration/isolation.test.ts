import { afterAll, beforeAll, expect, it } from 'vitest';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Answer, type Shopper } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(() => shop.close());

interface Found {
  code?: string;
  status?: string;
  orders?: unknown[];
  items?: unknown[];
  events?: unknown[];
}

/** A cart with a line that is held, an order, and what leads to them. */
async function victim() {
  const shopper = await shop.newShopper();
  const added = await shopper.add('apple', 2, { prefer: 'wait=0' });
  const operationId = added.headers.get('location')!.split('/').at(-1)!;
  const { items } = await until(shopper.cart, (cart) => cart.items.length > 0 && allReserved(cart));
  const { orderId } = (await shopper.checkout()).body;
  await shopper.cancelCheckout();
  return { shopper, operationId, itemId: items[0]!.itemId, orderId };
}

it('another session sees and changes nothing of a cart, whatever it knows of it', async () => {
  const { shopper, operationId, itemId, orderId } = await victim();
  const before = await shopper.cart();
  const other = await shop.newShopper();
  await other.add('pear', 1);

  async function tryAs(thief: Shopper, method: string, path: string, body?: unknown): Promise<Found> {
    const answer: Answer<Found> = await thief.call(method, path, body);
    const text = JSON.stringify(answer.body);
    // Its own request may be repeated to it; nothing that it did not know.
    for (const secret of [shopper.sessionId, 'apple']) expect(text).not.toContain(secret);
    return answer.body;
  }

  const own = `/api/v1/carts/${other.sessionId}`;
  expect(await tryAs(other, 'PATCH', `${own}/items/${itemId}`, { quantity: 9 })).toMatchObject({
    code: 'item_not_found',
  });
  expect(await tryAs(other, 'DELETE', `${own}/items/${itemId}`)).toMatchObject({ code: 'item_not_found' });
  expect(await tryAs(other, 'GET', `${own}/operations/${operationId}`)).toMatchObject({ status: 'pending' });
  expect(await tryAs(other, 'GET', `${own}/orders`)).toMatchObject({ orders: [] });
  expect((await other.order(orderId)).body).toMatchObject({ code: 'order_not_found' });
  const { events } = await tryAs(other, 'GET', `${own}/history`);
  expect(JSON.stringify(events)).not.toContain(shopper.cartId);
  for (const guess of [shopper.cartId, `cart_${shopper.cartId}`, `${shopper.sessionId.slice(0, -1)}_`]) {
    const cart = `/api/v1/carts/${guess}`;
    expect(await tryAs(other, 'GET', cart)).toMatchObject({ code: 'session_not_found' });
    expect(await tryAs(other, 'DELETE', `${cart}/items`)).toMatchObject({ code: 'session_not_found' });
    expect(await tryAs(other, 'POST', `${cart}/checkout`)).toMatchObject({ code: 'session_not_found' });
  }
  expect(await shopper.cart()).toMatchObject({ status: before.status, items: before.items });
});

it('the same key of two shoppers is two commands', async () => {
  const [one, other] = [await shop.newShopper(), await shop.newShopper()];
  const key = { 'idempotency-key': 'a key that both have chosen' };
  await one.add('apple', 1, key);
  const { status, body } = await other.add('pear', 2, key);
  expect([status, body.items.map(({ name }) => name)]).toEqual([201, ['pear']]);
});
