import { describe, expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const wanted = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=15552000; includeSubDomains',
  'cross-origin-resource-policy': 'same-origin',
};

describe('every answer', () => {
  it.each<[string, string, string, number]>([
    ['a cart', 'GET', '/api/v1/items', 200],
    ['a new session', 'POST', '/api/v1/sessions', 201],
    ['an error', 'GET', '/api/v1/carts/made-up', 404],
    ['no such path', 'GET', '/nothing', 404],
    ['a method that is not taken', 'PUT', '/api/v1/items', 405],
  ])('has the security headers: %s', async (_, method, path, status) => {
    const answer = await createFakeApi().call(method, path);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(wanted);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('server')).toBeNull();
  });

  it('that is an error of ours has them too, and nothing of the inside', async () => {
    const api = createFakeApi();
    api.behaviour.submit = () => Promise.reject(new Error('password authentication failed for user "cart"'));
    const { status, headers, text } = await api.add({ name: 'apple', quantity: 1 });
    expect(status).toBe(500);
    expect(Object.fromEntries(headers)).toMatchObject(wanted);
    expect(text).not.toMatch(/password|cart"|Error|\.ts/);
  });

  it('with a session id in it is kept by no cache', async () => {
    const api = createFakeApi();
    const issued = await api.call('POST', '/api/v1/sessions');
    expect(issued.headers.get('cache-control')).toBe('no-store');
    const seen = await api.call('GET', '/api/v1/items');
    expect(seen.headers.get('session-id')).not.toBeNull();
    expect(seen.headers.get('cache-control')).toBe('private, no-cache');
  });

  it("leaves a page's own policy as it is", async () => {
    const api = createFakeApi();
    api.app.get('/page', (c) => c.html('<p>', 200, { 'Content-Security-Policy': "default-src 'self'" }));
    const { headers } = await api.app.request('/page');
    expect(headers.get('content-security-policy')).toBe("default-src 'self'");
  });
});
