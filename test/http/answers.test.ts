import { describe, expect, it } from 'vitest';
import { NotAcceptedError } from '../../src/http/submit-command.ts';
import { aCart, createFakeApi } from '../support/fake-api.ts';

const apple = { name: 'apple', quantity: 1 };

describe('a command', () => {
  it('that is applied answers the cart with its ETag; an add says 201 and where the items are', async () => {
    const api = createFakeApi();
    const added = await api.add(apple);
    expect(added.status).toBe(201);
    expect(added.headers.get('location')).toBe(`${api.cartPath}/items`);
    expect(added.headers.get('etag')).toBe(`"${aCart.version}"`);
    expect(added.body).toMatchObject({ version: aCart.version, items: [{ name: 'apple', quantity: 2 }] });
    const cleared = await api.call('DELETE', `${api.cartPath}/items`);
    expect(cleared.status).toBe(200);
    expect(cleared.headers.get('location')).toBeNull();
  });

  it.each(['/api/v1/carts', '/api/cart'])('under %s that is pending is a 202 there', async (prefix) => {
    const api = createFakeApi();
    api.behaviour.submit = async () => ({ status: 'pending', operationId: 'op7' });
    const { status, headers, body } = await api.call('POST', `${prefix}/${api.sessionId}/items`, apple);
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`${prefix}/${api.sessionId}/operations/op7`);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toEqual({ operationId: 'op7', status: 'pending' });
  });

  it('that the cart refuses is a problem with the facts of the refusal', async () => {
    const api = createFakeApi();
    api.behaviour.submit = async () => ({
      status: 'rejected',
      rejection: { code: 'quantity_limit', name: 'apple', quantity: 1_001, maxQuantity: 999 },
    });
    expect(await api.add(apple)).toMatchObject({
      status: 409,
      body: { code: 'quantity_limit', type: '/problems/quantity-limit', quantity: 1_001, maxQuantity: 999 },
    });
  });

  it('with a key that was used for another request is a 422', async () => {
    const api = createFakeApi();
    const rejection = { code: 'idempotency_key_reused' } as const;
    api.behaviour.submit = async () => ({ status: 'rejected', rejection });
    expect(await api.add(apple)).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  it('whose request is being answered is a 409 that says when to try again', async () => {
    const api = createFakeApi();
    api.behaviour.submit = async () => ({ status: 'in_progress' });
    const { status, headers, body } = await api.add(apple, { 'idempotency-key': 'k' });
    expect({ status, code: body.code }).toEqual({ status: 409, code: 'request_in_progress' });
    expect(headers.get('retry-after')).toBe('1');
  });

  it('that is replayed says so, whatever its outcome was', async () => {
    const api = createFakeApi();
    expect((await api.add(apple)).headers.get('idempotent-replayed')).toBeNull();
    const applied = { status: 'applied', operationId: 'op1', cart: aCart } as const;
    const rejected = { status: 'rejected', rejection: { code: 'cart_empty' } } as const;
    for (const [outcome, status] of [
      [applied, 201],
      [rejected, 409],
    ] as const) {
      api.behaviour.submit = async () => ({ ...outcome, replayed: true });
      const replayed = await api.add(apple);
      expect(replayed.status).toBe(status);
      expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    }
  });

  it('for another version of the cart is a 412 that tells the current one', async () => {
    const api = createFakeApi();
    const rejection = { code: 'version_mismatch', currentVersion: 7 } as const;
    api.behaviour.submit = async () => ({ status: 'rejected', rejection });
    expect(await api.add(apple, { 'if-match': '"5"' })).toMatchObject({
      status: 412,
      body: { code: 'version_mismatch', currentVersion: 7, detail: expect.stringContaining('version 7') },
    });
  });

  it('that is not stored is a 503 that says when to try again, and logs why', async () => {
    const api = createFakeApi();
    const cause = new Error('14 UNAVAILABLE: temporal.internal:7233');
    api.behaviour.submit = () => Promise.reject(new NotAcceptedError('a key', cause));
    const { status, headers, body, text } = await api.add(apple);
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(body).toMatchObject({ code: 'not_accepted', idempotencyKey: 'a key' });
    expect(text).not.toContain('temporal.internal');
    expect(api.logLines.join('')).toContain('temporal.internal');
  });

  it('that fails for a reason of ours is a 500 without internals, and the log has them', async () => {
    const api = createFakeApi();
    api.behaviour.submit = () => Promise.reject(new TypeError("cannot read 'password' of postgres://x"));
    const { status, body, text } = await api.add(apple);
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: 'internal_error', requestId: expect.any(String) });
    expect(text).not.toMatch(/password|postgres|TypeError|\.ts/);
    const [failure] = api.logLines.map((line) => JSON.parse(line) as { requestId: string; err?: object });
    expect(failure).toMatchObject({ requestId: body.requestId, err: { type: 'TypeError' } });
  });
});

describe('a read', () => {
  it('of the cart or its items tells that the cart is not idle, also when it answers 304', async () => {
    const api = createFakeApi();
    await api.call('GET', api.cartPath);
    await api.call('GET', `${api.cartPath}/items`);
    await api.call('GET', api.cartPath, undefined, { 'if-none-match': `"${aCart.version}"` });
    expect(api.touched).toEqual([aCart.cartId, aCart.cartId, aCart.cartId]);
  });

  it('is a 503 while the views reject, without internals', async () => {
    const api = createFakeApi();
    const away = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.5:5432'));
    api.behaviour.views = { ...api.behaviour.views, findCart: away, findOperation: away };
    for (const path of ['', '/items', '/operations/op1']) {
      const { status, headers, body, text } = await api.call('GET', api.cartPath + path);
      expect({ status, code: body.code }).toEqual({ status: 503, code: 'unavailable' });
      expect(headers.get('retry-after')).toBe('1');
      expect(text).not.toContain('ECONNREFUSED');
    }
    expect((await api.call('HEAD', api.cartPath)).status).toBe(503);
  });

  it('of a session that has no cart yet is an empty cart', async () => {
    const api = createFakeApi();
    api.behaviour.views.findCart = async () => undefined;
    const { status, headers, body } = await api.call('GET', api.cartPath);
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"0"');
    expect(body).toMatchObject({ cartId: api.cartId, items: [], currency: 'EUR' });
  });

  const current = `"${aCart.version}"`;
  it.each([
    [current, 304],
    [`W/${current}`, 304],
    [`"x", ${current}`, 304],
    ['*', 304],
    [`"${aCart.version + 1}"`, 200],
    [String(aCart.version), 200],
  ])('with If-None-Match %s is a %i', async (tag, expected) => {
    const api = createFakeApi();
    const { status, headers, text } = await api.call('GET', api.cartPath, undefined, {
      'if-none-match': tag,
    });
    expect(status).toBe(expected);
    expect(headers.get('etag')).toBe(current);
    if (status === 304) expect(text).toBe('');
  });

  it('that answers 304 looks for the version alone', async () => {
    const api = createFakeApi();
    const tag = { 'if-none-match': current };
    expect((await api.call('GET', api.cartPath, undefined, tag)).status).toBe(304);
    expect(api.reads).toEqual([`head of ${api.cartId}`]);
    expect(api.touched).toEqual([aCart.cartId]);
  });

  it('of a session that has no cart yet is a 304 for who has seen that', async () => {
    const api = createFakeApi();
    api.behaviour.views.findCartHead = async () => undefined;
    const answer = await api.call('GET', api.cartPath, undefined, { 'if-none-match': '"0"' });
    expect(answer.status).toBe(304);
  });

  it('whose session is in a cookie is never a 304: another cart may have the same version', async () => {
    const answer = await createFakeApi().call('GET', '/items', undefined, { 'if-none-match': current });
    expect(answer.status).toBe(200);
  });

  it('is kept by no shared cache', async () => {
    const api = createFakeApi();
    for (const path of [api.cartPath, '/items', '/api/v1/items']) {
      const { headers } = await api.call('GET', path);
      expect(headers.get('cache-control')).toBe('private, no-cache');
    }
  });

  it('of an operation tells pending, applied, and rejected with its problem', async () => {
    const api = createFakeApi();
    const read = async () => (await api.call('GET', `${api.cartPath}/operations/op1`)).body as unknown;
    expect(await read()).toEqual({ operationId: 'op1', status: 'pending' });
    const recorded = { operationId: 'op1', command: 'addItem', fingerprint: 'f', cart: undefined };
    api.behaviour.views.findOperation = async () => ({
      ...recorded,
      result: { status: 'applied', version: 7 },
    });
    expect(await read()).toEqual({ operationId: 'op1', status: 'applied', version: 7 });
    api.behaviour.views.findOperation = async () => ({
      ...recorded,
      result: { status: 'rejected', rejection: { code: 'cart_full', maxLines: 100 } },
    });
    expect(await read()).toMatchObject({ status: 'rejected', problem: { code: 'cart_full', status: 409 } });
  });
});

describe('a path', () => {
  it('that does not exist is a 404', async () => {
    const api = createFakeApi();
    for (const path of [
      '/',
      '/nothing',
      '/api/v1/carts',
      '/api/v1/carts//items',
      `${api.cartPath}/nothing`,
    ]) {
      expect(await api.call('GET', path)).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
    }
  });

  it('asked with a method that it does not take is a 405 with Allow', async () => {
    const api = createFakeApi();
    const cases = [
      ['PUT', `${api.cartPath}/items`, 'GET, HEAD, POST, DELETE'],
      ['POST', api.cartPath, 'GET, HEAD'],
      ['OPTIONS', '/api/v1/items', 'GET, HEAD, POST, DELETE'],
      ['GET', '/api/v1/sessions', 'POST'],
      ['DELETE', '/livez', 'GET, HEAD'],
      ['POST', '/items/abc', 'PATCH, DELETE'],
      // Whoever asks: before the session and the admin token are looked at.
      ['PUT', '/api/v1/carts/made-up/items', 'GET, HEAD, POST, DELETE'],
      ['DELETE', '/api/v1/admin/webhooks', 'GET, HEAD'],
    ] as const;
    for (const [method, path, allow] of cases) {
      const { status, headers, body } = await api.call(method, path);
      expect({ status, code: body.code, allow: headers.get('allow') }).toEqual({
        status: 405,
        code: 'method_not_allowed',
        allow,
      });
    }
    expect(api.submissions).toEqual([]);
  });

  it('is the same with a slash at its end', async () => {
    const api = createFakeApi();
    expect((await api.call('GET', `${api.cartPath}/`)).status).toBe(200);
    const added = await api.call('POST', '/api/v1/items/', apple);
    expect(added.status).toBe(201);
    expect(added.headers.get('location')).toBe('/api/v1/items');
  });
});

describe('health', () => {
  it('livez asks nobody', async () => {
    const api = createFakeApi({ readiness: () => Promise.reject(new Error('not to be asked')) });
    expect(await api.call('GET', '/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('readyz is a 503 that names what is away', async () => {
    const checks = { postgres: 'away', temporal: 'ok' } as const;
    const api = createFakeApi({ readiness: async () => checks });
    const { status, headers, body } = await api.call('GET', '/readyz');
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 503,
      type: 'application/problem+json',
    });
    expect(body).toMatchObject({ code: 'not_ready', checks, detail: 'Away just now: postgres.' });
    expect((await createFakeApi().call('GET', '/readyz')).status).toBe(200);
  });
});
