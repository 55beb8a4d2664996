import { describe, expect, it } from 'vitest';
import { createCartSessions } from '../../src/sessions/cart-sessions.ts';
import { createSessionService } from '../../src/sessions/session-service.ts';
import { z } from 'zod';
import { createFakeApi, sessionSecret, sessionTtlMs, type FakeApi } from '../support/fake-api.ts';

const apple = { name: 'apple', quantity: 1 };
const guest = { kind: 'guest' } as const;

/** Tokens that are no session of ours, or no longer one. */
function badTokens(api: FakeApi): Record<string, string> {
  const options = { prefix: 'cart', schema: z.object({ kind: z.literal('guest') }), ttlMs: 1_000 };
  return {
    'a made-up id': 'cart_abc',
    'another secret': createCartSessions({ secrets: ['other'], ttlMs: 1_000 }).issue(guest).sessionId,
    'a changed signature': `${api.sessionId.slice(0, -1)}${api.sessionId.endsWith('A') ? 'B' : 'A'}`,
    'an expired one': createSessionService({ ...options, secrets: [sessionSecret], now: () => 0 }).issue(
      guest,
    ).sessionId,
  };
}

const requests: [string, string, unknown?][] = [
  ['GET', ''],
  ['GET', '/items'],
  ['POST', '/items', apple],
  ['PATCH', '/items/abc', { quantity: 2 }],
  ['DELETE', '/items/abc'],
  ['DELETE', '/items'],
  ['GET', '/operations/abc'],
  ['GET', '/history'],
  ['GET', '/events'],
];

describe('a session that is not good is a 404 with no work done behind it', () => {
  it.each(['a made-up id', 'another secret', 'a changed signature', 'an expired one'])(
    '%s, on every path and in the header',
    async (kind) => {
      const api = createFakeApi();
      const token = badTokens(api)[kind] ?? '';
      for (const [method, path, body] of requests) {
        for (const prefix of ['/api/v1/carts', '/api/cart']) {
          const answer = await api.call(method, `${prefix}/${token}${path}`, body);
          expect(answer).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
        }
      }
      const byHeader = await api.call('POST', '/api/v1/items', apple, { 'session-id': token });
      expect(byHeader).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
      expect(byHeader.headers.get('set-cookie')).toBeNull();
      expect([...api.submissions, ...api.reads]).toEqual([]);
    },
  );

  it('and its answer and its log line do not repeat the token', async () => {
    const api = createFakeApi();
    const token = badTokens(api)['an expired one'] ?? '';
    const answer = await api.call('GET', `/api/v1/carts/${token}`);
    expect(answer.body.detail).toContain('POST /api/v1/sessions');
    expect(answer.text + api.logLines.join('')).not.toContain(token);
  });
});

describe('POST /api/v1/sessions', () => {
  it('answers 201 with a session, its place, and an empty cart, and touches nothing', async () => {
    const api = createFakeApi();
    const { status, headers, text } = await api.call('POST', '/api/v1/sessions');
    const session = JSON.parse(text) as { sessionId: string; cart: object };
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/carts/${session.sessionId}`);
    expect(session.cart).toMatchObject({ version: 0, items: [], status: 'active' });
    expect(api.sessions.verify(session.sessionId).status).toBe('valid');
    expect([...api.submissions, ...api.reads]).toEqual([]);
  });
});

describe("the exercise's endpoints", () => {
  const cookieOf = (headers: Headers) => headers.getSetCookie()[0] ?? '';

  it('send a new session in the header and in a cookie that scripts cannot read', async () => {
    const api = createFakeApi();
    const { headers } = await api.call('GET', '/api/v1/items');
    const sessionId = headers.get('session-id') ?? '';
    expect(api.sessions.verify(sessionId).status).toBe('valid');
    const [pair, ...flags] = cookieOf(headers).split('; ');
    expect(pair).toBe(`cart_session=${sessionId}`);
    expect(flags).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
    expect(flags).not.toContain('Secure');
    expect(flags.some((flag) => flag.startsWith('Expires='))).toBe(true);
  });

  it('make the cookie secure in production', async () => {
    const { headers } = await createFakeApi({ cookieSecure: true }).call('GET', '/items');
    expect(cookieOf(headers)).toContain('; Secure');
  });

  it('work with a session that lives longer than a cookie may', async () => {
    const years = createCartSessions({ secrets: [sessionSecret], ttlMs: 3_650 * 86_400_000 });
    const { status, headers } = await createFakeApi({ sessions: years }).call('GET', '/items');
    expect(status).toBe(200);
    expect(cookieOf(headers)).toContain('Expires=');
  });

  it('keep the session that the client brings, the header before the cookie', async () => {
    const api = createFakeApi();
    const other = api.sessions.issue(guest).sessionId;
    const headers = { 'session-id': api.sessionId, cookie: `cart_session=${other}` };
    const answer = await api.call('POST', '/items', apple, headers);
    expect(answer.headers.get('session-id')).toBe(api.sessionId);
    expect(api.submissions[0]?.cartId).toBe(api.cartId);
  });

  it('give the session also with a failure, so that the repeated request is for the same cart', async () => {
    const api = createFakeApi();
    api.behaviour.submit = () => Promise.reject(new Error('down'));
    const { status, headers } = await api.call('POST', '/items', apple);
    expect(status).toBe(500);
    expect(api.sessions.verify(headers.get('session-id') ?? '').status).toBe('valid');
  });

  it('refuse two Session-Id headers rather than choose', async () => {
    const api = createFakeApi();
    const headers = { 'session-id': `${api.sessionId}, ${api.sessionId}` };
    expect((await api.call('GET', '/items', undefined, headers)).status).toBe(404);
  });
});

describe('a session that gets old', () => {
  /** Of the same API, more than half of its time ago. */
  function agedSession() {
    const aged = createSessionService({
      ...{ prefix: 'cart', schema: z.object({ kind: z.literal('guest') }), ttlMs: sessionTtlMs },
      ...{ secrets: [sessionSecret], now: () => Date.now() - sessionTtlMs * 0.6 },
    });
    return aged.issue(guest);
  }

  const requestsOf = (sessionId: string): [string, Record<string, string>][] => [
    [`/api/v1/carts/${sessionId}`, {}],
    ['/api/v1/items', { 'session-id': sessionId }],
    ['/api/v1/items', { cookie: `cart_session=${sessionId}` }],
  ];

  it('is sent back with its full time again, and is for the same cart', async () => {
    const api = createFakeApi();
    const { sessionId, id } = agedSession();
    for (const [path, headers] of requestsOf(sessionId)) {
      const answer = await api.call('GET', path, undefined, headers);
      const renewed = answer.headers.get('session-id') ?? '';
      expect(renewed).not.toBe(sessionId);
      const check = api.sessions.verify(renewed);
      expect(check).toMatchObject({ status: 'valid', session: { id } });
    }
  });

  it('and a young one is not sent back where it is in the path', async () => {
    const api = createFakeApi();
    const { headers } = await api.call('GET', `/api/v1/carts/${api.sessionId}`);
    expect(headers.get('session-id')).toBeNull();
  });
});
