import { describe, expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const apple = { name: 'apple', quantity: 1 };

interface Line {
  msg: string;
  route: string;
  [field: string]: unknown;
}

const requestLines = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as Line).filter(({ msg }) => msg === 'request');

describe('the request log', () => {
  it('has one line a request, with the pattern of its route', async () => {
    const api = createFakeApi();
    await api.add(apple);
    await api.call('GET', `${api.cartPath}/operations/op1`);
    await api.call('DELETE', '/api/v1/items/abc');
    const lines = requestLines(api.logLines);
    expect(lines.map(({ method, route, status }) => [method, route, status])).toEqual([
      ['POST', '/api/v1/carts/:sessionId/items', 201],
      ['GET', '/api/v1/carts/:sessionId/operations/:operationId', 200],
      ['DELETE', '/api/v1/items/:itemId', 200],
    ]);
    expect(lines[0]).toMatchObject({
      level: 30,
      cartId: api.cartId,
      requestId: expect.any(String),
      durationMs: expect.any(Number),
    });
  });

  it('never has a session id, however the request ends', async () => {
    const api = createFakeApi();
    const issued = await api.call('POST', '/api/v1/sessions');
    const asHeader = { 'session-id': api.sessionId, 'x-request-id': api.sessionId };
    const asCookie = { cookie: `cart_session=${api.sessionId}` };
    await api.call('GET', api.cartPath);
    await api.call('GET', '/items', undefined, asHeader);
    await api.call('GET', '/items', undefined, asCookie);
    await api.add({ name: '', quantity: 0 });
    await api.add('{');
    await api.call('PUT', `${api.cartPath}/items`);
    await api.call('GET', `${api.cartPath}/nothing`);
    await api.call('GET', `/nothing/${api.sessionId}`);
    api.behaviour.submit = () => Promise.reject(new Error('down'));
    await api.add(apple, { 'x-request-id': api.sessionId });
    api.behaviour.views.findCart = () => Promise.reject(new Error('down'));
    await api.call('GET', api.cartPath);
    expect(requestLines(api.logLines)).toHaveLength(11);
    const log = api.logLines.join('\n');
    const { sessionId } = issued.body as unknown as { sessionId: string };
    for (const secret of [api.sessionId, sessionId, api.sessionId.split('.')[1] ?? '']) {
      expect(log).not.toContain(secret);
    }
  });

  it("keeps the client's request id, in the answer too", async () => {
    const api = createFakeApi();
    const { headers } = await api.call('GET', '/livez', undefined, { 'x-request-id': 'from-the-proxy' });
    expect(headers.get('x-request-id')).toBe('from-the-proxy');
    expect(requestLines(api.logLines)).toMatchObject([{ requestId: 'from-the-proxy' }]);
  });

  it('is an error for a 5xx', async () => {
    const api = createFakeApi();
    api.behaviour.submit = () => Promise.reject(new Error('down'));
    await api.add(apple);
    expect(requestLines(api.logLines)).toMatchObject([{ level: 50, status: 500 }]);
  });
});
