import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../src/composition/create-api.ts';
import { loadApiConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { valueOf } from '../support/metrics.ts';

const adminToken = 'an-admin-token-that-only-the-tests-know';

/** Takes connections and never says a word: worse than being away. */
const hanging = createServer(() => {});
let hangingPort: number;

beforeAll(async () => {
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  hangingPort = (hanging.address() as AddressInfo).port;
});

afterAll(() => hanging.close());

it.each([
  ['is away', () => 1],
  ['hangs', () => hangingPort],
])('the scrape comes, without its counts, while Postgres %s', async (_, port) => {
  const config = loadApiConfig({
    DATABASE_URL: `postgres://cart:cart@127.0.0.1:${port()}/cart`,
    SESSION_SECRET: 'a secret that only the tests know about',
    PAYMENT_WEBHOOK_SECRET: `whsec_${Buffer.from('a secret of 24 bytes or more').toString('base64')}`,
    ADMIN_TOKEN: adminToken,
  });
  const api = createApi(config, createLogger({ level: 'silent', service: 'api' }));
  const scrape = () => api.app.request('/metrics', { headers: { authorization: `Bearer ${adminToken}` } });
  await api.app.request('/livez');
  const answers = await Promise.all([scrape(), scrape(), scrape()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const page = await answers[0].text();
  expect(valueOf(page, 'durable_cart_counts_up', { counts: 'open' })).toBe(0);
  expect(valueOf(page, 'durable_cart_orders', { status: 'refund_required' })).toBeUndefined();
  expect(valueOf(page, 'http_requests_total', { route: '/livez' })).toBe(1);
  await api.close();
});
