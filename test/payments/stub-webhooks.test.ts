import { describe, expect, it, vi } from 'vitest';
import { newLedgerPath, openReceiver, openStub, spawnPaymentStub } from './stub-harness.ts';

const sentTo = (url: string) => ({ webhookUrl: url, webhooks: 'on' }) as const;
const idOf = (webhook: object) => (webhook as { webhookId: string }).webhookId;

describe('a webhook', () => {
  it.each([
    ['succeed', 'payment.succeeded'],
    ['fail', 'payment.failed'],
  ] as const)('tells, signed, what became of the payment: %s', async (act, type) => {
    const shop = await openReceiver();
    const stub = await openStub(sentTo(shop.url));
    const paymentId = await stub.pending('o-1');
    await stub[act](paymentId);
    await shop.until(1);
    const news = { type, orderId: 'o-1', paymentId, amountMinor: 1_250, currency: 'EUR' };
    expect(shop.webhooks()).toEqual([{ status: 'valid', webhookId: expect.any(String) as string, news }]);
    await vi.waitUntil(async () => (await stub.ledger()).webhooks[0]?.deliveredAt !== undefined);
  });

  it('is sent again under the same id until it is answered 2xx, and not after that', async () => {
    const shop = await openReceiver((count) => [500, 404, 204][count - 1] ?? 204);
    const stub = await openStub(sentTo(shop.url));
    await stub.succeed(await stub.pending('o-1'));
    await shop.until(3);
    expect(new Set(shop.webhooks().map(idOf)).size).toBe(1);
    await stub.succeed(await stub.pending('o-2'));
    await shop.until(4);
    expect(idOf(shop.webhooks()[3]!)).not.toBe(idOf(shop.webhooks()[0]!));
  });

  it('waits longer from one attempt to the next', async () => {
    const shop = await openReceiver((count) => (count < 4 ? 503 : 204));
    const stub = await openStub(sentTo(shop.url));
    await stub.succeed(await stub.pending('o-1'));
    await shop.until(4);
    const times = shop.received.map(({ at }) => at);
    // 100, 200 and 400 ms; a timer may be a little early.
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(95);
    expect(times[3]! - times[2]!).toBeGreaterThanOrEqual(380);
  });

  it('that nobody takes does not keep back the others', async () => {
    const shop = await openReceiver((count) => (count === 1 ? 500 : 204));
    const stub = await openStub(sentTo(shop.url));
    await stub.succeed(await stub.pending('o-1'));
    await shop.until(1);
    await stub.succeed(await stub.pending('o-2'));
    await shop.until(3);
    expect(new Set(shop.webhooks().map(idOf)).size).toBe(2);
  });

  it('is kept back on hold, and sent when let go', async () => {
    const shop = await openReceiver();
    const stub = await openStub({ webhookUrl: shop.url });
    await stub.succeed(await stub.pending('o-1'));
    await stub.fail(await stub.pending('o-2'));
    expect(shop.received).toEqual([]);
    await stub.control({ webhooks: 'on' });
    await shop.until(2);
    expect(shop.webhooks()).toMatchObject([{ status: 'valid' }, { status: 'valid' }]);
  });

  it('is sent more than once when told to, under the same id', async () => {
    const shop = await openReceiver();
    const stub = await openStub({ ...sentTo(shop.url), duplicateWebhooks: 2 });
    await stub.succeed(await stub.pending('o-1'));
    await shop.until(3);
    expect(new Set(shop.webhooks().map(idOf)).size).toBe(1);
  });
});

describe('a redelivery', () => {
  it('sends every webhook again, the newest first, and answers what each was answered', async () => {
    const shop = await openReceiver((count) => (count > 2 ? 202 : 204));
    const stub = await openStub(sentTo(shop.url));
    for (const orderId of ['o-1', 'o-2']) {
      await stub.succeed(await stub.pending(orderId));
      await vi.waitUntil(async () => (await stub.ledger(`?order_id=${orderId}`)).webhooks[0]?.deliveredAt);
    }
    const [first, second] = shop.webhooks().map(idOf);
    expect((await stub.redeliver()).webhooks).toEqual([
      { webhookId: second, answered: 202 },
      { webhookId: first, answered: 202 },
    ]);
    expect(shop.webhooks().map(idOf)).toEqual([first, second, second, first]);
  });

  it('says so when nobody answers', async () => {
    const stub = await openStub({ webhookUrl: 'http://127.0.0.1:9/webhooks' });
    await stub.succeed(await stub.pending('o-1'));
    expect((await stub.redeliver()).webhooks).toMatchObject([{ answered: null }]);
  });
});

it('a webhook that was not delivered survives SIGKILL, and one that was is not sent again', async () => {
  const ledgerPath = await newLedgerPath();
  const shop = await openReceiver((count) => (count === 1 ? 204 : 503));
  const stub = await spawnPaymentStub(ledgerPath, shop.url);
  await stub.succeed(await stub.pending('delivered'));
  await vi.waitUntil(async () => (await stub.ledger()).webhooks[0]?.deliveredAt);
  await stub.fail(await stub.pending('owed'));
  await shop.until(2);
  await stub.kill('SIGKILL');

  const later = await openReceiver();
  const next = await openStub(sentTo(later.url), ledgerPath);
  await later.until(1);
  await vi.waitUntil(async () => (await next.ledger()).webhooks.every(({ deliveredAt }) => deliveredAt));
  expect(later.webhooks()).toMatchObject([{ news: { type: 'payment.failed', orderId: 'owed' } }]);
});
