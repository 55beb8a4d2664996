import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { startBuilt } from '../support/built-process.ts';
import { parseMetrics, valueOf } from '../support/metrics.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';

const adminToken = 'an-admin-token-that-only-the-tests-know';
let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ env: { ADMIN_TOKEN: adminToken, METRICS_CACHE: '0ms' } });
});

afterAll(() => shop.close());

async function scrape(): Promise<string> {
  const response = await fetch(`${shop.url}/metrics`, { headers: { authorization: `Bearer ${adminToken}` } });
  return await response.text();
}

const orders = (page: string, status: string) => valueOf(page, 'durable_cart_orders', { status });

describe('the metrics of a shop', () => {
  it('show an order whose money has to go back, until it is back', async () => {
    expect(orders(await scrape(), 'refund_required')).toBe(0);
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    const { orderId } = (await shopper.checkout()).body;
    const asked = await until(
      async () => (await shopper.order(orderId)).body,
      ({ payment }) => payment !== null,
    );
    await until(scrape, (text) => orders(text, 'awaiting_payment') === 1);

    // Paid, given up and let go before the shop hears of the payment; then the service refuses to refund.
    await shop.payments.control({ webhooks: 'hold' });
    await shop.payments.succeed(asked.payment!.paymentId);
    await shopper.cancelCheckout();
    await shopper.clear();
    await shop.payments.control({ webhooks: 'on', errorRate: 1 });
    const page = await until(scrape, (text) => orders(text, 'refund_required') === 1);
    expect(valueOf(page, 'durable_cart_oldest_waiting_seconds', { waiting: 'refund' })).toBeGreaterThan(0);
    expect(orders(page, 'refunded')).toBe(0);

    await shop.payments.control({ errorRate: 0 });
    // Counted by two statements: one may be there before the other.
    const isRefunded = (text: string) =>
      orders(text, 'refund_required') === 0 && orders(text, 'refunded') === 1;
    const refunded = await until(scrape, isRefunded, 40_000);
    expect(valueOf(refunded, 'durable_cart_oldest_waiting_seconds', { waiting: 'refund' })).toBe(0);
  });

  it('show its carts, its webhooks, and what its commands came to', async () => {
    const before = await scrape();
    const shopper = await shop.newShopper();
    await shopper.add('pear', 1);
    await shopper.cancelCheckout();
    await shopper.checkout();
    const page = await scrape();
    const grown = (name: string, labels: Record<string, string>) =>
      (valueOf(page, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
    expect(grown('durable_cart_carts', { status: 'awaiting_payment' })).toBe(1);
    expect(grown('durable_cart_commands_total', { command: 'addItem', outcome: 'applied' })).toBe(1);
    expect(
      grown('durable_cart_commands_total', {
        command: 'cancelCheckout',
        outcome: 'rejected',
        code: 'no_checkout',
      }),
    ).toBe(1);
    // Nobody is told of events in this shop: they wait in the outbox.
    const [{ waiting }] = await shop.sql<[{ waiting: number }]>`
      select count(*)::int as waiting from outbox where status = 'pending'`;
    expect(waiting).toBeGreaterThan(0);
    expect(valueOf(page, 'durable_cart_webhooks', { status: 'pending' })).toBe(waiting);
    expect(valueOf(page, 'durable_cart_webhooks', { status: 'dead' })).toBe(0);
    expect(valueOf(page, 'durable_cart_counts_up', { counts: 'ended' })).toBe(1);
  });
});

describe('the metrics of a worker', () => {
  it("are the SDK's own, at the address that it is told", async () => {
    await shop.workers.stop();
    const address = `127.0.0.1:${await freePort()}`;
    const worker = await startBuilt('worker.js', { ...shop.settings, WORKER_METRICS_ADDRESS: address });
    try {
      const shopper = await shop.newShopper();
      expect((await shopper.add('plum', 1)).status).toBe(201);
      const page = async () => await (await fetch(`http://${address}/metrics`)).text();
      const isThere = (text: string) =>
        parseMetrics(text).some(({ name }) => name === 'temporal_activity_execution_latency_seconds_count');
      const text = await until(page, isThere);
      const slots = { worker_type: 'ActivityWorker' };
      expect(valueOf(text, 'temporal_worker_task_slots_available', slots)).toBeGreaterThan(0);
    } finally {
      worker.kill();
      await worker.exited;
    }
  });
});
