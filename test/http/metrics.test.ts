import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NotAcceptedError } from '../../src/http/submit-command.ts';
import { createApiMetrics } from '../../src/metrics/api-metrics.ts';
import type { StatusCounts } from '../../src/read-model/status-counts.ts';
import { createFakeApi, type FakeApi } from '../support/fake-api.ts';
import { parseMetrics, valueOf } from '../support/metrics.ts';

const adminToken = 'an-admin-token-that-only-the-tests-know';
const apple = { name: 'apple', quantity: 1 };

async function scrape({ app }: FakeApi): Promise<string> {
  const headers = { authorization: `Bearer ${adminToken}` };
  const response = await app.request('/metrics', { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return await response.text();
}

describe('GET /metrics', () => {
  it('counts and times requests by method, route pattern and status', async () => {
    const api = createFakeApi({ adminToken });
    await api.add(apple);
    await api.add(apple);
    await api.add({ name: '', quantity: 0 });
    await api.call('GET', '/nothing');
    const page = await scrape(api);
    const route = '/api/v1/carts/:sessionId/items';
    const labels = (status: string) => ({ method: 'POST', route, status });
    expect(valueOf(page, 'http_requests_total', labels('201'))).toBe(2);
    expect(valueOf(page, 'http_requests_total', labels('422'))).toBe(1);
    expect(valueOf(page, 'http_request_duration_seconds_count', labels('201'))).toBe(2);
    expect(valueOf(page, 'http_request_duration_seconds_bucket', { ...labels('201'), le: '+Inf' })).toBe(2);
    expect(valueOf(page, 'http_requests_total', { method: 'GET', status: '404' })).toBe(1);
  });

  it('never has a session id, nor anything else that a client sends, as a label', async () => {
    const api = createFakeApi({ adminToken });
    const { sessionId } = api;
    const everywhere = {
      'session-id': sessionId,
      'x-request-id': sessionId,
      cookie: `cart_session=${sessionId}`,
      'idempotency-key': sessionId,
    };
    const patterns = new Set(api.app.routes.map(({ path }) => path));
    const paths = [...patterns].map((path) => path.replaceAll(/:\w+|\*/g, sessionId));
    for (const path of [
      ...paths,
      `/${sessionId}`,
      `/nothing/${sessionId}`,
      `/api/v1/carts/${sessionId}/x/y`,
    ]) {
      for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', sessionId.slice(0, 20)]) {
        await api.app.request(path, { method, headers: everywhere });
      }
    }
    const page = await scrape(api);
    for (const part of [sessionId, ...sessionId.split(/[._]/).filter((piece) => piece.length > 8)]) {
      expect(page).not.toContain(part);
    }
    const requests = parseMetrics(page).filter(({ name }) => name === 'http_requests_total');
    expect(requests.length).toBeGreaterThan(patterns.size);
    const closed = ['GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'other'];
    for (const { labels } of requests) {
      expect(patterns).toContain(labels['route']);
      expect(closed).toContain(labels['method']);
    }
  });

  it('counts commands by what their clients were told', async () => {
    const api = createFakeApi({ adminToken });
    await api.add(apple);
    api.behaviour.submit = async () => ({ status: 'pending', operationId: 'op1' });
    await api.add(apple);
    api.behaviour.submit = async () => ({ status: 'rejected', rejection: { code: 'cart_empty' } });
    await api.call('POST', `${api.cartPath}/checkout`);
    api.behaviour.submit = async () => ({ status: 'in_progress' });
    await api.call('DELETE', `${api.cartPath}/items`);
    api.behaviour.submit = () => Promise.reject(new NotAcceptedError('key', new Error('down')));
    await api.add(apple);
    const page = await scrape(api);
    const commands = parseMetrics(page).filter(({ name }) => name === 'durable_cart_commands_total');
    expect(commands.map(({ labels, value }) => [labels, value])).toEqual([
      [{ command: 'addItem', outcome: 'applied', code: '' }, 1],
      [{ command: 'addItem', outcome: 'pending', code: '' }, 1],
      [{ command: 'checkout', outcome: 'rejected', code: 'cart_empty' }, 1],
      [{ command: 'clearItems', outcome: 'in_progress', code: '' }, 1],
      [{ command: 'addItem', outcome: 'not_accepted', code: '' }, 1],
    ]);
  });

  it('has no sample of a count that could not be read, rather than an old one, and says so', async () => {
    const counts: StatusCounts = {
      counts: [{ kind: 'order', status: 'refund_required', count: 3 }],
      oldest: [{ waiting: 'refund', seconds: 12.5 }],
    };
    const readings = { open: async () => counts as StatusCounts | undefined, ended: async () => undefined };
    const metrics = createApiMetrics({ open: () => readings.open(), ended: () => readings.ended() }, () => 0);
    const page = (await metrics.scrape()).body;
    expect(valueOf(page, 'durable_cart_orders', { status: 'refund_required' })).toBe(3);
    expect(valueOf(page, 'durable_cart_oldest_waiting_seconds', { waiting: 'refund' })).toBe(12.5);
    expect(valueOf(page, 'durable_cart_counts_up', { counts: 'open' })).toBe(1);
    expect(valueOf(page, 'durable_cart_counts_up', { counts: 'ended' })).toBe(0);
    readings.open = async () => undefined;
    const later = (await metrics.scrape()).body;
    expect(valueOf(later, 'durable_cart_orders', { status: 'refund_required' })).toBeUndefined();
    expect(valueOf(later, 'durable_cart_oldest_waiting_seconds', { waiting: 'refund' })).toBeUndefined();
    expect(valueOf(later, 'durable_cart_counts_up', { counts: 'open' })).toBe(0);
  });
});

it('docs/metrics.md names the metrics that there are, all of them and no others', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  const { metrics } = createFakeApi();
  const ours = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  const named = [...page.matchAll(/\b(?:durable_cart|http)_[a-z_]+/g)].map(([name]) => name);
  expect([...new Set(named)].toSorted()).toEqual(ours.toSorted());
});
