import { describe, expect, it } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import type { TokenCheck } from '../../src/identity/token-verifier.ts';
import { cartIdOfUser } from '../../src/sessions/cart-sessions.ts';
import { aCart, createFakeApi } from '../support/fake-api.ts';
import { adminScope, bearer, issuer, tokenOf, users } from '../support/tokens.ts';

const apple = { name: 'apple', quantity: 1 };
const subject = 'anna@example.org';
const ownCartId = cartIdOfUser({ issuer, subject });
const anna = await tokenOf({ subject });
const expired = await tokenOf({ subject, expiresIn: -60 });

describe("a user's cart", () => {
  it("is the same for every token of the user, and nobody else's", async () => {
    const api = createFakeApi({ users });
    const again = await tokenOf({ subject, expiresIn: 600, claims: { jti: 'another device' } });
    const berta = await tokenOf({ subject: 'berta@example.org' });
    for (const token of [anna, again, berta]) {
      await api.call('POST', '/api/v1/carts/me/items', apple, bearer(token));
    }
    const [first, second, third] = api.submissions.map(({ cartId }) => cartId);
    expect([first, second]).toEqual([ownCartId, ownCartId]);
    expect(third).not.toBe(ownCartId);
    expect([first, third]).not.toContain(api.cartId);
  });

  it.each(['/api/v1/carts/me/items', '/api/cart/me/items', '/api/v1/items', '/items'])(
    'is reached by %s, whatever session the client has beside it',
    async (path) => {
      const api = createFakeApi({ users });
      const headers = {
        ...bearer(anna),
        'session-id': api.sessionId,
        cookie: `cart_session=${api.sessionId}`,
      };
      const answer = await api.call('POST', path, apple, headers);
      expect(answer.status).toBe(201);
      expect(api.submissions[0]?.cartId).toBe(ownCartId);
      expect(answer.headers.get('set-cookie')).toBeNull();
      expect(answer.headers.get('session-id')).toBeNull();
      expect(answer.headers.get('location')).toBe(path);
    },
  );

  it('leads to its operations by the path that the token opens', async () => {
    const api = createFakeApi({ users });
    api.behaviour.submit = async () => ({ status: 'pending', operationId: 'op1' });
    const answer = await api.call('POST', '/api/v1/carts/me/items', apple, bearer(anna));
    expect(answer.headers.get('location')).toBe('/api/v1/carts/me/operations/op1');
  });

  it('is a hash: neither who the user is nor the token is logged or answered', async () => {
    const api = createFakeApi({ users });
    const answer = await api.call('GET', '/api/v1/carts/me', undefined, bearer(anna));
    expect(ownCartId).toMatch(/^[0-9a-f]{32}$/);
    const seen = answer.text + api.logLines.join('');
    expect(seen).toContain(ownCartId);
    for (const secret of [subject, 'anna', anna]) expect(seen).not.toContain(secret);
  });

  it('is never answered 304: a cache may hold the cart of whoever used the browser before', async () => {
    const api = createFakeApi({ users });
    const path = '/api/v1/carts/me';
    const etag = (await api.call('GET', path, undefined, bearer(anna))).headers.get('etag') ?? '';
    const headers = { ...bearer(anna), 'if-none-match': etag };
    expect((await api.call('GET', path, undefined, headers)).status).toBe(200);
    const guest = await api.call('GET', api.cartPath, undefined, { 'if-none-match': etag });
    expect(guest.status).toBe(304);
  });

  it('needs a token', async () => {
    const api = createFakeApi({ users });
    const answer = await api.call('GET', '/api/v1/carts/me', undefined, { 'session-id': api.sessionId });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="carts"');
  });
});

describe('a token', () => {
  it('beside a session in the path leaves the cart to the path', async () => {
    const api = createFakeApi({ users });
    await api.add(apple, bearer(anna));
    expect(api.submissions[0]?.cartId).toBe(api.cartId);
  });

  it.each([
    ['that is not good', 'nonsense'],
    ['that has expired', expired],
    ['that is empty', ''],
    ['that is two', `${anna} ${anna}`],
  ])('%s is a 401 wherever it is sent, never a cart of a guest', async (_, token) => {
    const api = createFakeApi({ users });
    for (const path of ['/items', '/api/v1/items', '/api/v1/carts/me/items', `${api.cartPath}/items`]) {
      const answer = await api.call('POST', path, apple, bearer(token));
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="carts"/);
      expect(answer.headers.get('set-cookie')).toBeNull();
    }
    expect([...api.submissions, ...api.reads]).toEqual([]);
  });

  it('is a 401 in a shop that has guests only, and another scheme is nothing to it', async () => {
    const api = createFakeApi();
    const refused = await api.call('POST', '/items', apple, bearer(anna));
    expect(refused).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect((await api.call('POST', '/items', apple, { authorization: 'Basic YTpi' })).status).toBe(201);
    expect((await api.call('GET', '/api/v1/carts/me')).status).toBe(401);
  });

  it('that cannot be checked is a 503, to be sent again', async () => {
    const away = {
      ...users,
      verifyToken: async (): Promise<TokenCheck> => ({
        status: 'unavailable',
        cause: new Error('ECONNREFUSED 10.1.2.3'),
      }),
    };
    const api = createFakeApi({ users: away, adminToken: undefined });
    for (const path of ['/items', '/api/v1/carts/me', '/api/v1/orders/o1', '/api/v1/admin/webhooks']) {
      const answer = await api.call('GET', path, undefined, bearer(anna));
      expect(answer).toMatchObject({ status: 503, body: { code: 'token_check_unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.text).not.toContain('10.1.2.3');
    }
  });
});

describe('an order', () => {
  it('is read with the token of the user', async () => {
    const asked: string[] = [];
    const api = createFakeApi({ users });
    api.behaviour.orders.findOrder = async (cartId) => {
      asked.push(cartId);
      return undefined;
    };
    const headers = { ...bearer(anna), 'session-id': api.sessionId };
    const answer = await api.call('GET', '/api/v1/orders/o1', undefined, headers);
    expect(answer).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    expect(asked).toEqual([ownCartId]);
  });
});

describe('the admin endpoints', () => {
  const path = '/api/v1/admin/webhooks';

  it('are opened by a token with the admin scope, also beside an admin token', async () => {
    const operator = await tokenOf({ claims: { scope: `openid ${adminScope}` } });
    for (const adminToken of [undefined, 'an-admin-token-that-only-the-tests-know']) {
      const api = createFakeApi({ users, adminToken });
      const answer = await api.call('GET', path, undefined, bearer(operator));
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['no scope', {}],
    ['another scope', { scope: 'openid carts:administer carts' }],
    ['the scope as a part of another', { scope: `x${adminScope}` }],
    ['the scope in another claim', { permissions: [adminScope] }],
  ])('are a 403 for a token with %s', async (_, claims) => {
    const api = createFakeApi({ users });
    const answer = await api.call('GET', path, undefined, bearer(await tokenOf({ claims })));
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer realm="admin", error="insufficient_scope", scope="${adminScope}"`,
    );
  });
});

describe('a claim that is handing over', () => {
  const left = (status: 'claiming' | 'claimed') =>
    ({ ...aCart, status, toCartId: ownCartId }) as unknown as Cart;

  it('is pending for who asks for its operation, which is not on record yet', async () => {
    const api = createFakeApi({ users });
    api.behaviour.views.findOperation = async () => undefined;
    api.behaviour.views.findCartHead = async () => left('claiming');
    api.behaviour.views.findCart = async () => left('claiming');
    const { status, body } = await api.call('GET', `${api.cartPath}/operations/op1`, undefined, bearer(anna));
    expect({ status, body }).toEqual({ status: 200, body: { operationId: 'op1', status: 'pending' } });
    expect((await api.call('GET', api.cartPath)).status).toBe(404);
  });

  it('is applied for who asks while it comes on record', async () => {
    const api = createFakeApi({ users });
    const claim = { operationId: 'op1', command: 'claim', fingerprint: 'f', cart: left('claimed') };
    // It comes between the two reads, whichever is the first.
    let isRecorded = false;
    const then = async <T>(before: T, after: T) => {
      const found = isRecorded ? after : before;
      isRecorded = true;
      return found;
    };
    api.behaviour.views.findOperation = () =>
      then(undefined, { ...claim, result: { status: 'applied', version: 7 } });
    api.behaviour.views.findCartHead = () => then(left('claiming'), left('claimed'));
    const { status, body } = await api.call('GET', `${api.cartPath}/operations/op1`, undefined, bearer(anna));
    expect({ status, outcome: body.status }).toEqual({ status: 200, outcome: 'applied' });
  });

  it('leaves no other operation to be asked for when it is over', async () => {
    const api = createFakeApi({ users });
    api.behaviour.views.findOperation = async () => undefined;
    api.behaviour.views.findCartHead = async () => left('claimed');
    const { status } = await api.call('GET', `${api.cartPath}/operations/op1`, undefined, bearer(anna));
    expect(status).toBe(404);
  });
});
