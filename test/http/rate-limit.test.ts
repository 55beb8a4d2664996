import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { limitUnits } from '../../src/http/limit-units.ts';
import type { Submission, SubmissionResult } from '../../src/http/submit-command.ts';
import { createRateLimits, policies, type Policy, type Quota } from '../../src/limits/rate-limits.ts';
import { addItem, item } from '../support/cart-scenario.ts';
import { aCart, createFakeApi } from '../support/fake-api.ts';

const plenty: Quota = { points: 1_000_000, windowMs: 30_000 };
const quotas = (some: Partial<Record<Policy, number>>) =>
  Object.fromEntries(
    policies.map((policy) => [policy, { ...plenty, points: some[policy] ?? plenty.points }]),
  ) as Record<Policy, Quota>;

/** An API with these quotas in half a minute; `at.address` is where its client is. */
function limitedApi(some: Partial<Record<Policy, number>>) {
  const at = { address: '192.0.2.1' };
  const limits = createRateLimits({ quotas: quotas(some) });
  const api = createFakeApi({
    rateLimiting: { limits, addressOf: () => at.address },
    adminToken: 'a token that only this test knows',
  });
  const otherPath = () => `/api/v1/carts/${api.sessions.issue({ kind: 'guest' }).sessionId}`;
  return { ...api, at, otherPath };
}

const apple = { name: 'apple', quantity: 1 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a client that asks too often', () => {
  it('hears in every answer what is left, and gets 429 with the time to wait when nothing is', async () => {
    const api = limitedApi({ 'session-commands': 2, 'address-commands': 5 });
    const first = await api.add(apple);
    expect(first.status).toBe(201);
    expect(first.headers.get('ratelimit-policy')).toBe(
      '"address-commands";q=5;w=30, "session-commands";q=2;w=30',
    );
    expect(first.headers.get('ratelimit')).toBe('"address-commands";r=4;t=30, "session-commands";r=1;t=30');
    await api.add(apple);
    vi.advanceTimersByTime(10_500);

    const refused = await api.add(apple);
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'too_many_requests', retryAfterSeconds: 20, 'violated-policies': ['session-commands'] },
    });
    expect(refused.headers.get('retry-after')).toBe('20');
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.headers.get('ratelimit')).toBe('"address-commands";r=2;t=20, "session-commands";r=0;t=20');
    expect(api.submissions).toHaveLength(2);

    vi.advanceTimersByTime(20_000);
    expect((await api.add(apple)).status).toBe(201);
  });

  it('may still read, and the other way round', async () => {
    const api = limitedApi({ 'session-commands': 1, 'session-reads': 1 });
    expect((await api.add(apple)).status).toBe(201);
    expect((await api.add(apple)).status).toBe(429);
    expect((await api.call('GET', api.cartPath)).status).toBe(200);
    const refused = await api.call('GET', api.cartPath);
    expect(refused.body).toMatchObject({ status: 429, 'violated-policies': ['session-reads'] });
    expect(api.reads).toHaveLength(1);
  });

  it('is the same by path, by header and by cookie', async () => {
    const api = limitedApi({ 'session-commands': 3 });
    const statuses = [
      await api.add(apple),
      await api.call('POST', `/api/cart/${api.sessionId}/items`, apple),
      await api.call('POST', '/items', apple, { cookie: `cart_session=${api.sessionId}` }),
      await api.call('POST', '/api/v1/items', apple, { 'session-id': api.sessionId }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([201, 201, 201, 429]);
  });

  it('is counted by its network over all its sessions; other networks go on', async () => {
    const api = limitedApi({ 'address-commands': 2 });
    const add = () => api.call('POST', `${api.otherPath()}/items`, apple);
    expect([(await add()).status, (await add()).status]).toEqual([201, 201]);
    expect((await add()).body).toMatchObject({ status: 429, 'violated-policies': ['address-commands'] });
    api.at.address = '192.0.2.2';
    expect((await add()).status).toBe(201);
  });

  it('is counted while it guesses session ids', async () => {
    const api = limitedApi({ 'address-reads': 2 });
    const guess = () => api.call('GET', '/api/v1/carts/made-up');
    const order = () => api.call('GET', '/api/v1/orders/made-up');
    expect([(await guess()).status, (await order()).status, (await guess()).status]).toEqual([404, 404, 429]);
  });

  it('reads orders as it reads carts', async () => {
    const api = limitedApi({ 'session-reads': 1 });
    const order = () => api.call('GET', '/api/v1/orders/o1', undefined, { 'session-id': api.sessionId });
    expect([(await order()).status, (await order()).status]).toEqual([404, 429]);
  });
});

describe('a client that makes sessions', () => {
  it('gets so many, asked for or not, and no session with a refusal', async () => {
    const api = limitedApi({ 'address-sessions': 2 });
    expect((await api.call('POST', '/api/v1/sessions')).status).toBe(201);
    const added = await api.call('POST', '/items', apple);
    expect(added.status).toBe(201);

    const refused = await api.call('POST', '/items', apple);
    expect(refused.body).toMatchObject({ status: 429, 'violated-policies': ['address-sessions'] });
    expect(refused.headers.get('session-id')).toBeNull();
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect((await api.call('POST', '/api/v1/sessions')).status).toBe(429);

    const again = await api.call('POST', '/items', apple, { 'session-id': added.headers.get('session-id')! });
    expect(again.status).toBe(201);
  });
});

describe('what is not limited', () => {
  it('is probes, signed webhooks, problem types, preflights and operators', async () => {
    const nothing = Object.fromEntries(policies.map((policy) => [policy, 1]));
    const api = limitedApi(nothing);
    for (let round = 0; round < 3; round += 1) {
      const answers = [
        await api.call('GET', '/livez'),
        await api.call('GET', '/readyz'),
        await api.call('POST', '/api/v1/webhooks/payments', {}),
        await api.call('GET', '/problems/cart-full'),
        await api.call('OPTIONS', `${api.cartPath}/items`),
        await api.call('GET', '/api/v1/admin/abandoned-carts'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 200, 405, 401]);
      expect(answers.every(({ headers }) => headers.get('ratelimit') === null)).toBe(true);
    }
  });

  it('is everything when the limits are off', async () => {
    const api = createFakeApi();
    const { status, headers } = await api.add(apple);
    expect(status).toBe(201);
    expect(headers.get('ratelimit')).toBeNull();
    expect(headers.get('ratelimit-policy')).toBeNull();
  });
});

describe('units reserved from one address', () => {
  const applied: SubmissionResult = { status: 'applied', operationId: 'op1', cart: aCart };

  function limitedSubmit(points: number, answer: () => Promise<SubmissionResult> = async () => applied) {
    const limits = createRateLimits({ quotas: quotas({ 'address-units': points }) });
    const submit = limitUnits(answer, { limits, cartMaxUnits: points });
    return (command: Submission['command'], address = '192.0.2.1') =>
      submit({ cartId: 'cart1', address, command, payload: {}, idempotencyKey: undefined, waitMs: 0 }).then(
        ({ status }) => status,
        (error: { problem?: object; message: string }) => error.problem ?? error.message,
      );
  }

  it('are bounded over all carts, and a smaller request gets what is left', async () => {
    const ask = limitedSubmit(10);
    expect(await ask(addItem(item('apple', 4), item('pear', 4)))).toBe('applied');
    expect(await ask({ type: 'changeQuantity', itemId: 'id-apple', quantity: 3 })).toMatchObject({
      code: 'too_many_requests',
      retryAfterSeconds: 30,
      'violated-policies': ['address-units'],
    });
    expect(await ask(addItem(item('apple', 2)))).toBe('applied');
    expect(await ask(addItem(item('apple', 1)))).toMatchObject({ status: 429 });
    expect(await ask(addItem(item('apple', 1)), '192.0.2.2')).toBe('applied');
    expect(await ask({ type: 'removeItem', itemId: 'id-apple' })).toBe('applied');
  });

  it('are given back when the command is refused, was not stored, or has been counted before', async () => {
    const answers = [
      async () => ({ status: 'rejected', rejection: { code: 'cart_completed' } }) as const,
      async () => ({ status: 'rejected', rejection: { code: 'idempotency_key_reused' } }) as const,
      async () => ({ status: 'in_progress' }) as const,
      async () => ({ ...applied, replayed: true }) as const,
      () => Promise.reject(new Error('not stored')),
      async () => applied,
      async () => applied,
    ];
    const ask = limitedSubmit(10, () => answers.shift()!());
    const seen = [];
    for (let round = 0; round < 7; round += 1) seen.push(await ask(addItem(item('apple', 6))));
    expect(seen).toMatchObject([
      ...['rejected', 'rejected', 'in_progress', 'applied', 'not stored', 'applied'],
      { status: 429 },
    ]);
  });

  it('are not counted beyond what a cart takes: the cart says so itself', async () => {
    expect(await limitedSubmit(10)(addItem(item('apple', 999)))).toBe('applied');
  });
});
