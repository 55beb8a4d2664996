import { describe, expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const adminToken = 'an-admin-token-of-some-length';

/** Every list has a next page; what it is asked for is kept. */
function createApi() {
  const asked: unknown[] = [];
  const answers = <T>(page: T) => {
    return async (...query: unknown[]): Promise<T> => {
      asked.push(query.at(-1));
      return page;
    };
  };
  const abandoned = { abandonedAt: 1_764_000_000_000, cartId: 'cart9' };
  const webhook = { createdAt: '2026-11-24T12:00:00.000Z', eventId: 'evt_cart9_7' };
  const api = createFakeApi({
    adminToken,
    history: { listEvents: answers({ events: [], next: 7 }), cartAt: async () => undefined },
    orders: {
      findOrder: async () => undefined,
      findOrderVersion: async () => undefined,
      findPayable: async () => undefined,
      listOrders: answers({ orders: [], next: 3 }),
    },
    abandonedCarts: {
      list: answers({ carts: [], next: abandoned }),
      summarise: () => Promise.reject(new Error('not to be asked')),
    },
    webhooks: {
      listWebhooks: answers({ webhooks: [], next: webhook }),
      redeliver: () => Promise.reject(new Error('not to be asked')),
    },
  });
  const operator = { authorization: `Bearer ${adminToken}` };
  const guest = { 'session-id': api.sessionId };
  const get = (path: string) =>
    api.call('GET', path, undefined, path.startsWith('/api/v1/admin/') ? operator : guest);
  return { get, asked, cartPath: api.cartPath };
}

const lists: [string, object][] = [
  ['/api/v1/history?limit=2', { after: 7, limit: 2 }],
  ['/orders', { before: 3, limit: 20 }],
  ['/api/v1/orders?limit=5', { before: 3, limit: 5 }],
  [
    '/api/v1/admin/abandoned-carts?minTotalMinor=100&since=2026-11-24T12:00:00%2B01:00&limit=9',
    { before: { abandonedAt: 1_764_000_000_000, cartId: 'cart9' }, minTotalMinor: 100, limit: 9 },
  ],
  [
    '/api/v1/admin/webhooks?status=dead',
    { after: { createdAt: '2026-11-24T12:00:00.000Z', eventId: 'evt_cart9_7' }, status: 'dead' },
  ],
];

const nextOf = (headers: Headers) => /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1] ?? '';

describe('the pages of a list', () => {
  it.each(lists)('%s: Link leads to the next one, with all that was asked for', async (path, next) => {
    const { get, asked } = createApi();
    const first = await get(path);
    expect(first.status).toBe(200);
    const link = nextOf(first.headers);
    expect(new URL(link, 'http://shop').searchParams.get('cursor')).toBe(first.body['next']);
    expect((await get(link)).status).toBe(200);
    const [before, after] = asked as [object, object];
    expect(after).toEqual({ ...before, ...next });
  });

  it('under a session in the path links to the same path', async () => {
    const { get, cartPath } = createApi();
    const { headers } = await get(`${cartPath}/history`);
    expect(nextOf(headers)).toMatch(`${cartPath}/history?cursor=`);
  });

  it.each(lists)('%s: a cursor says nothing to clients, and one that is not ours is a 400', async (path) => {
    const { get, asked } = createApi();
    const cursor = (await get(path)).body['next'] as string;
    expect(cursor).toMatch(/^[\w-]+$/);
    for (const other of ['7', 'abc', cursor.slice(0, -4)]) {
      const answer = await get(`${path}${path.includes('?') ? '&' : '?'}cursor=${other}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    }
    expect(asked).toHaveLength(1);
  });

  it('end without a Link', async () => {
    const api = createFakeApi();
    const { headers, body } = await api.call('GET', `${api.cartPath}/history`);
    expect(body['next']).toBeNull();
    expect(headers.get('link')).toBeNull();
  });
});
