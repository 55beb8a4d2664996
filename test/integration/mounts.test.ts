import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ItemView } from '../../src/domain/cart-view.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  await shop.close();
});

const body = JSON.stringify({ name: 'apple', quantity: 2 });
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };

type Listed = { items: (ItemView & { reservationId: string | null })[] };

async function list(path: string, headers: Record<string, string>): Promise<Listed> {
  return (await (await fetch(shop.url + path, { headers })).json()) as Listed;
}

describe("the exercise's endpoints", () => {
  for (const path of ['/api/v1/items', '/items']) {
    it(`${path}: a client without a session gets one, in the header and in the cookie, and both work`, async () => {
      const added = await fetch(shop.url + path, post);
      expect(added.status).toBe(201);
      expect(added.headers.getSetCookie()).toHaveLength(1);
      const sessionId = added.headers.get('session-id')!;
      const cookie = added.headers.getSetCookie()[0]!.split(';')[0]!;
      expect(cookie).toBe(`cart_session=${sessionId}`);
      const { items } = await until(
        () => list(path, { 'session-id': sessionId }),
        (answer) => answer.items[0]?.reservationId !== null,
      );
      expect(items).toMatchObject([
        { name: 'apple', quantity: 2, reservationId: expect.stringMatching(/^r-/) },
      ]);
      expect(await list(path, { cookie })).toEqual({ items });
    });
  }

  it('answers an empty list to a client without a session', async () => {
    expect(await list('/api/v1/items', {})).toEqual({ items: [] });
  });

  it('starts a new session for a cookie that is no longer good, and refuses such a header', async () => {
    const withCookie = await fetch(`${shop.url}/items`, { headers: { cookie: 'cart_session=cart_old.sig' } });
    expect(withCookie.status).toBe(200);
    expect(withCookie.headers.get('session-id')).toMatch(/^cart_/);
    const withHeader = await fetch(`${shop.url}/items`, { headers: { 'session-id': 'cart_old.sig' } });
    expect(withHeader.status).toBe(404);
  });

  it('names the operation of a 202 where it can be asked for', async () => {
    const added = await fetch(`${shop.url}/api/v1/items`, {
      ...post,
      headers: { ...post.headers, prefer: 'respond-async' },
    });
    expect(added.status).toBe(202);
    const headers = { 'session-id': added.headers.get('session-id')! };
    const ask = async () =>
      (await (await fetch(shop.url + added.headers.get('location')!, { headers })).json()) as {
        status: string;
      };
    expect(await until(ask, ({ status }) => status !== 'pending')).toMatchObject({ status: 'applied' });
  });
});

describe('/api/cart/{sessionId}', () => {
  it('is the same cart as /api/v1/carts/{sessionId}', async () => {
    const { sessionId, call } = await shop.newShopper();
    const added = await call<{ items: ItemView[] }>('POST', `/api/cart/${sessionId}/items`, {
      name: 'pear',
      quantity: 1,
    });
    expect(added.status).toBe(201);
    const [{ itemId } = { itemId: '' }] = added.body.items;
    expect((await call('GET', `/api/v1/carts/${sessionId}`)).body).toMatchObject({ items: [{ itemId }] });
    expect((await call('DELETE', `/api/cart/${sessionId}/items/${itemId}`)).status).toBe(200);
    expect((await call('GET', `/api/cart/${sessionId}`)).body).toMatchObject({ items: [] });
  });
});
