import { describe, expect, it } from 'vitest';
import type { AbandonedQuery } from '../../src/read-model/abandoned-carts.ts';
import { createFakeApi, type FakeApi } from '../support/fake-api.ts';

const adminToken = 'an-admin-token-that-only-the-tests-know';
const bearer = { authorization: `Bearer ${adminToken}` };

/** The metrics, and every route under /api/v1/admin, also those that come later. */
function adminRoutes({ app }: FakeApi): [string, string][] {
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && /^\/(api\/v1\/admin\/|metrics$)/.test(path))
    .map(({ method, path }) => [method, path.replaceAll(/:\w+/g, 'x')]);
}

describe('every admin route', () => {
  it('is there', () => {
    expect(adminRoutes(createFakeApi({ adminToken })).map(([, path]) => path)).toEqual(
      expect.arrayContaining([
        '/api/v1/admin/abandoned-carts',
        '/api/v1/admin/abandoned-carts/summary',
        '/metrics',
      ]),
    );
  });

  it.each<[string, Record<string, string>]>([
    ['without a token', {}],
    ['with another scheme', { authorization: `Basic ${adminToken}` }],
    ['with an empty token', { authorization: 'Bearer ' }],
    ['with a token in a cookie', { cookie: `admin_token=${adminToken}` }],
  ])('refuses a request %s, and says how to ask', async (_, headers) => {
    const api = createFakeApi({ adminToken });
    for (const [method, path] of adminRoutes(api)) {
      const answer = await api.call(method, path, undefined, headers);
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="admin"');
    }
  });

  it.each([`${adminToken}x`, adminToken.slice(0, -1), adminToken.toUpperCase(), 'x'])(
    'refuses the wrong token %s, and repeats it nowhere',
    async (token) => {
      const api = createFakeApi({ adminToken });
      for (const [method, path] of adminRoutes(api)) {
        const answer = await api.call(method, path, undefined, { authorization: `Bearer ${token}` });
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="admin", error="invalid_token"');
        expect(answer.text + api.logLines.join('')).not.toContain(adminToken);
      }
    },
  );

  it('lets the token in, whatever the case of its scheme, and no cache keep the answer', async () => {
    const api = createFakeApi({ adminToken });
    for (const [method, path] of adminRoutes(api)) {
      for (const scheme of ['Bearer', 'bearer']) {
        const headers = { authorization: `${scheme} ${adminToken}` };
        const answer = await api.call(method, path, undefined, headers);
        expect(answer.status).not.toBe(401);
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
    }
  });

  it('is not there where no token is configured', async () => {
    const api = createFakeApi();
    for (const [method, path] of adminRoutes(api)) {
      for (const headers of [{}, bearer, { authorization: 'Bearer undefined' }]) {
        const answer = await api.call(method, path, undefined, headers);
        expect(answer).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
      }
    }
  });
});

describe('GET /api/v1/admin/abandoned-carts', () => {
  function createApi() {
    const queries: AbandonedQuery[] = [];
    const next = { abandonedAt: 1_700_000_000_000, cartId: 'c1' };
    const fake = createFakeApi({
      adminToken,
      abandonedCarts: {
        async list(query) {
          queries.push(query);
          return { carts: [], next: query.before ? undefined : next };
        },
        summarise: async ({ days }) => ({ count: days, totalMinor: 0, days: [], topItems: [] }),
      },
    });
    const get = (query = '') => fake.call('GET', `/api/v1/admin/abandoned-carts${query}`, undefined, bearer);
    return { ...fake, queries, next, get };
  }

  it('passes its filters on, and goes on where the cursor says', async () => {
    const api = createApi();
    const filters = '?limit=5&minTotalMinor=500&since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z';
    const first = await api.get(filters);
    expect(first.status).toBe(200);
    const query = {
      before: undefined,
      limit: 5,
      minTotalMinor: 500,
      since: Date.UTC(2026, 10, 1),
      until: Date.UTC(2026, 10, 2),
    };
    const second = await api.get(`${filters}&cursor=${first.body['next'] as string}`);
    expect(second.body['next']).toBeNull();
    expect(api.queries).toEqual([query, { ...query, before: api.next }]);
  });

  it.each(['limit=0', 'limit=101', 'minTotalMinor=-1', 'since=yesterday', 'until=2026-11-02'])(
    'refuses %s',
    async (query) => {
      const api = createApi();
      expect(await api.get(`?${query}`)).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
      expect((await api.get('?cursor=abc')).status).toBe(400);
      expect(api.queries).toEqual([]);
    },
  );

  it('sums up 30 days unless told otherwise, in the currency of the shop', async () => {
    const api = createApi();
    expect((await api.get('/summary')).body).toMatchObject({ currency: 'EUR', count: 30 });
    expect((await api.get('/summary?days=7')).body).toMatchObject({ count: 7 });
    expect((await api.get('/summary?days=0')).status).toBe(422);
  });
});
