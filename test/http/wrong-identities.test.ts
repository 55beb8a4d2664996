import { describe, expect, it } from 'vitest';
import { createSessionService } from '../../src/sessions/session-service.ts';
import { z } from 'zod';
import { createFakeApi, sessionSecret, type FakeApi } from '../support/fake-api.ts';
import { bearer, tokenOf, unsignedTokenOf, users } from '../support/tokens.ts';

const adminToken = 'an-admin-token-that-only-the-tests-know';
const createApi = () => createFakeApi({ users, adminToken, demoPage: '<html></html>' });

/** What a route is about decides who may ask it. A new route has to find its place here, or the test fails. */
const kinds = {
  public:
    /^(\/demo|\/docs|\/docs\/:file|\/openapi\.json|\/livez|\/readyz|\/problems|\/problems\/:slug|\/api\/v1\/sessions)$/,
  signed: /^\/api\/v1\/webhooks\/payments$/,
  admin: /^(\/api\/v1\/admin\/|\/metrics$)/,
  claim: /^\/api(\/v1\/carts|\/cart)\/:sessionId\/claim$/,
  pathCart: /^\/api(\/v1\/carts|\/cart)\/:sessionId(\/|$)/,
  order: /^\/api\/v1\/orders\/:orderId$/,
  clientCart: /^(\/api\/v1)?\/(items|checkout|orders|history|operations|events)(\/|$)/,
} as const;
type Kind = keyof typeof kinds;

interface Route {
  method: string;
  path: string;
  kind: Kind;
}

/** Every route that the app has, as it is registered. */
function routesOf({ app }: FakeApi): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path } of app.routes) {
    if (method === 'ALL' || path.includes('*')) continue;
    const kind = (Object.keys(kinds) as Kind[]).find((name) => kinds[name].test(path));
    if (!kind) throw new Error(`Who may ask ${method} ${path}?`);
    routes.set(`${method} ${path}`, { method, path, kind });
  }
  return [...routes.values()];
}

interface Identity {
  headers: Record<string, string>;
  /** In the place of a session id in the path; the client's own session unless it is said. */
  session?: string;
}

type Identities = Record<string, (api: FakeApi) => Promise<Identity> | Identity>;

const withToken = async (token: string | Promise<string>): Promise<Identity> => ({
  headers: bearer(await token),
});
const expiredSession = () =>
  createSessionService({
    ...{ prefix: 'cart', schema: z.object({ kind: z.literal('guest') }), ttlMs: 1_000 },
    ...{ secrets: [sessionSecret], now: () => 0 },
  }).issue({ kind: 'guest' }).sessionId;
const asSession = (session: string): Identity => ({ session, headers: { 'session-id': session } });

/** Tokens that are not good: wherever a token counts, and wherever it does not, they are refused. */
const badTokens: Identities = {
  'an expired token': () => withToken(tokenOf({ expiresIn: -60 })),
  'a token of another issuer': () => withToken(tokenOf({ claims: { iss: 'https://other.example/' } })),
  'a token for another audience': () => withToken(tokenOf({ claims: { aud: 'other' } })),
  'a token with a wrong signature': () =>
    withToken(tokenOf({ secret: 'another secret of 32 bytes, or more' })),
  'a token with alg none': () => withToken(unsignedTokenOf()),
  'a token that is none': () => withToken('made-up'),
  'the admin token with a change': () => withToken(`${adminToken}x`),
};

/** Sessions that are not good. */
const badSessions: Identities = {
  'a made-up session': () => asSession('cart_made-up'),
  'an expired session': () => asSession(expiredSession()),
  'a session with a changed signature': ({ sessionId }) =>
    asSession(`${sessionId.slice(0, -1)}${sessionId.endsWith('A') ? 'B' : 'A'}`),
};

/** Good for something else. */
const others: Identities = {
  'no credentials': () => ({ headers: {} }),
  'a session of a guest': ({ sessionId }) => asSession(sessionId),
  'a token of a user': () => withToken(tokenOf()),
  'a token with another scope': () => withToken(tokenOf({ claims: { scope: 'carts:read' } })),
  'the admin token': () => withToken(adminToken),
  'a token with the admin scope': () => withToken(tokenOf({ claims: { scope: 'carts:admin' } })),
};

const bodies: Record<string, unknown> = {
  '/items': { name: 'apple', quantity: 1 },
  '/items/:itemId': { quantity: 1 },
};

async function ask(api: FakeApi, { method, path }: Route, { headers, session }: Identity) {
  const url = path
    .replace(':sessionId', session ?? api.sessionId)
    .replace(':slug', 'cart-full')
    .replace(':file', 'swagger-ui.css')
    .replaceAll(/:\w+/g, 'abc');
  const [, end = ''] = /(\/items(?:\/:itemId)?)$/.exec(path) ?? [];
  const body = method === 'POST' || method === 'PATCH' ? bodies[end] : undefined;
  const answer = await api.call(method, url, body, headers);
  return { status: answer.status, code: answer.body?.code, what: `${method} ${path}` };
}

/** Asks every route of these kinds with each of the identities. Returns what is not answered as it should be. */
async function walk(identities: Identities, wanted: Partial<Record<Kind, [number, string?]>>) {
  const wrong: string[] = [];
  let asked = 0;
  for (const [name, identify] of Object.entries(identities)) {
    const api = createApi();
    const identity = await identify(api);
    for (const route of routesOf(api)) {
      const expected = wanted[route.kind];
      if (!expected) continue;
      const { status, code, what } = await ask(api, route, identity);
      asked += 1;
      const effects = [...api.submissions, ...api.touched, ...api.payments].length;
      if (status !== expected[0] || (expected[1] ?? code) !== code || effects > 0) {
        wrong.push(`${name}, ${what}: ${status} ${code}, ${effects} effects`);
      }
    }
  }
  expect(asked).toBeGreaterThan(0);
  return wrong;
}

const refused: [number, string] = [401, 'unauthorized'];
const noSession: [number, string] = [404, 'session_not_found'];

describe('every route', () => {
  it('is of one of the kinds that are walked below', () => {
    const counts: Partial<Record<Kind, number>> = {};
    for (const { kind } of routesOf(createApi())) counts[kind] = (counts[kind] ?? 0) + 1;
    expect(Object.keys(counts).toSorted()).toEqual(Object.keys(kinds).toSorted());
    expect(counts.pathCart).toBeGreaterThanOrEqual(22);
    expect(counts.clientCart).toBeGreaterThanOrEqual(20);
    expect(counts.admin).toBeGreaterThanOrEqual(4);
  });

  it('refuses a token that is not good', async () => {
    const all = { admin: refused, claim: refused, pathCart: refused, clientCart: refused, order: refused };
    expect(await walk(badTokens, all)).toEqual([]);
  });

  it('of a cart knows no session that is not good', async () => {
    const order: [number, string] = [404, 'order_not_found'];
    expect(await walk(badSessions, { pathCart: noSession, clientCart: noSession, order })).toEqual([]);
    expect(await walk(badSessions, { claim: noSession, admin: refused })).toEqual([]);
  });

  it('of an operator is closed to everybody else', async () => {
    const { 'no credentials': none, 'a session of a guest': guest, ...tokens } = others;
    expect(await walk({ none: none!, guest: guest! }, { admin: refused })).toEqual([]);
    const { 'a token of a user': user, 'a token with another scope': scope } = tokens;
    expect(await walk({ user: user!, scope: scope! }, { admin: [403, 'forbidden'] })).toEqual([]);
  });

  it("of a user's cart needs a user's token: neither a session nor the admin token will do", async () => {
    const asOwn = (identity: Identity): Identity => ({ ...identity, session: 'me' });
    const sessionOnly: Identities = {
      'no credentials': () => asOwn({ headers: {} }),
      'a session': ({ sessionId }) => asOwn({ headers: { 'session-id': sessionId } }),
      'a cookie': ({ sessionId }) => asOwn({ headers: { cookie: `cart_session=${sessionId}` } }),
      'the admin token': async () => asOwn(await withToken(adminToken)),
    };
    expect(await walk(sessionOnly, { pathCart: refused, claim: refused })).toEqual([]);
  });

  it('takes the admin token for no user, and the admin scope for no key to a cart', async () => {
    const { 'the admin token': shared } = others;
    const all = { pathCart: refused, clientCart: refused, order: refused, claim: refused };
    expect(await walk({ shared: shared! }, all)).toEqual([]);
    const operator: Identities = {
      operator: async () => ({
        ...(await withToken(tokenOf({ claims: { scope: 'carts:admin' } }))),
        session: 'cart_made-up',
      }),
    };
    expect(await walk(operator, { pathCart: noSession, claim: noSession })).toEqual([]);
  });

  it('of a claim needs a token', async () => {
    const { 'no credentials': none, 'a session of a guest': guest } = others;
    expect(await walk({ none: none!, guest: guest! }, { claim: refused })).toEqual([]);
  });

  it("of somebody else's order or operation finds nothing, whoever asks", async () => {
    const known = {
      'a session of a guest': others['a session of a guest']!,
      'a token of a user': others['a token of a user']!,
    };
    expect(
      await walk(
        { ...known, 'no credentials': others['no credentials']! },
        { order: [404, 'order_not_found'] },
      ),
    ).toEqual([]);
  });

  it('of the payment service needs its signature, whoever asks', async () => {
    const everybody = { ...badTokens, ...badSessions, ...others };
    expect(await walk(everybody, { signed: [401, 'invalid_signature'] })).toEqual([]);
  });

  it('that is public is open, and knows of nobody', async () => {
    const api = createApi();
    for (const route of routesOf(api).filter(({ kind }) => kind === 'public')) {
      const { status, what } = await ask(api, route, { headers: {} });
      expect(status, what).toBeLessThan(300);
    }
    expect([...api.submissions, ...api.reads]).toEqual([]);
  });
});
