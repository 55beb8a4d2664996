import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadStubConfig } from '../../src/dev/payment-stub/config.ts';
import { testWebhookSecret } from '../support/payment-stub-client.ts';
import { newLedgerPath, openStub, paymentIdOf, spawnPaymentStub } from './stub-harness.ts';

const nowhere = 'http://127.0.0.1:9/webhooks';
const statesOf = ({ payments }: { payments: { state: string }[] }) => payments.map(({ state }) => state);

describe('a request', () => {
  it('makes a payment that waits for the shopper, at an address of its own', async () => {
    const stub = await openStub();
    const { status, body } = await stub.request('o-1');
    const paymentId = paymentIdOf({ body });
    expect([status, body]).toEqual([
      201,
      { payment_id: paymentId, status: 'pending', url: `${stub.url}/payments/${paymentId}` },
    ]);
    expect((await stub.ledger()).payments).toMatchObject([
      {
        paymentId,
        orderId: 'o-1',
        orderNumber: 'DC-000001',
        amountMinor: 1_250,
        currency: 'EUR',
        state: 'pending',
      },
    ]);
  });

  it('that is repeated gets the same answer and makes no second payment, whatever became of the first', async () => {
    const stub = await openStub();
    const first = await stub.request('o-1');
    expect(await stub.request('o-1')).toEqual(first);
    await stub.succeed(paymentIdOf(first));
    expect(await stub.request('o-1')).toEqual(first);
    expect(statesOf(await stub.ledger())).toEqual(['captured']);
  });

  it('makes one payment of parallel duplicates', async () => {
    const stub = await openStub({ latencyMs: 30 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => stub.request('o-1')));
    expect(new Set(answers.map((answer) => paymentIdOf(answer))).size).toBe(1);
    expect((await stub.ledger()).payments).toHaveLength(1);
  });

  it.each([{ amount_minor: 1 }, { currency: 'USD' }, { order_number: 'DC-000002' }])(
    'for the same order with %o instead is refused, and changes nothing',
    async (change) => {
      const stub = await openStub();
      await stub.request('o-1');
      expect((await stub.request('o-1', change)).status).toBe(422);
      expect((await stub.ledger()).payments).toMatchObject([{ amountMinor: 1_250, currency: 'EUR' }]);
    },
  );

  it('that is out of bounds is refused with problem details that name the field', async () => {
    const stub = await openStub();
    const about = (detail: string) => ({ detail: expect.stringContaining(detail) as string });
    expect(await stub.request('o-1', { amount_minor: -1 })).toMatchObject({
      status: 422,
      body: about('amount_minor'),
    });
    expect(await stub.request('o-1', { currency: 'euro' })).toMatchObject({
      status: 422,
      body: about('currency'),
    });
    expect(await stub.request('o-1', {}, 'o-2')).toMatchObject({
      status: 400,
      body: about('Idempotency-Key'),
    });
    expect(await stub.send('PUT', '/control', { latency: 5 })).toMatchObject({ status: 422 });
    expect((await stub.ledger()).payments).toEqual([]);
  });
});

describe('a cancellation', () => {
  it('ends a payment that waits, and may be repeated', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    expect((await stub.cancel('o-1')).status).toBe(204);
    expect((await stub.cancel('o-1')).status).toBe(204);
    expect((await stub.succeed(paymentId)).status).toBe(409);
    expect((await stub.fail(paymentId)).status).toBe(409);
    expect(await stub.ledger()).toMatchObject({ payments: [{ state: 'cancelled' }], webhooks: [] });
  });

  it('is final: the order gets no payment after it', async () => {
    const stub = await openStub();
    await stub.pending('o-1');
    await stub.cancel('o-1');
    expect(await stub.request('o-1')).toMatchObject({
      status: 409,
      body: { detail: 'this order was cancelled' },
    });
  });

  it('that came before the request makes it be refused', async () => {
    const stub = await openStub();
    expect((await stub.cancel('o-1')).status).toBe(204);
    expect((await stub.request('o-1')).status).toBe(409);
    expect(await stub.ledger()).toMatchObject({ payments: [], cancelledOrders: ['o-1'] });
  });

  it('that overtakes a request under way makes it be refused', async () => {
    const stub = await openStub({ latencyMs: 200 });
    const requesting = stub.request('o-1');
    await stub.arrived('request');
    await stub.control({ latencyMs: 0 });
    expect((await stub.cancel('o-1')).status).toBe(204);
    expect((await requesting).status).toBe(409);
    expect((await stub.ledger()).payments).toEqual([]);
  });

  it('of a payment that has failed does no harm', async () => {
    const stub = await openStub();
    await stub.fail(await stub.pending('o-1'));
    expect((await stub.cancel('o-1')).status).toBe(204);
    expect(statesOf(await stub.ledger())).toEqual(['failed']);
  });

  it('comes too late for a payment that was captured', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    await stub.succeed(paymentId);
    expect((await stub.cancel('o-1')).status).toBe(409);
    await stub.refund(paymentId, 1_250);
    expect((await stub.cancel('o-1')).status).toBe(409);
  });

  it('without an order is refused', async () => {
    const stub = await openStub();
    expect((await stub.send('DELETE', '/payments')).status).toBe(400);
  });
});

describe('an outcome', () => {
  it.each([
    ['succeed', 'captured', 'fail'],
    ['fail', 'failed', 'succeed'],
  ] as const)(
    '%s makes the payment %s for good, tells it once, and %s is refused',
    async (act, state, other) => {
      const stub = await openStub();
      const paymentId = await stub.pending('o-1');
      expect(await stub[act](paymentId)).toMatchObject({ status: 200, body: { status: state } });
      expect(await stub[act](paymentId)).toMatchObject({ status: 200, body: { status: state } });
      expect((await stub[other](paymentId)).status).toBe(409);
      const { payments, webhooks } = await stub.ledger();
      expect(payments).toMatchObject([{ state, endedAt: expect.any(String) as string }]);
      expect(webhooks).toHaveLength(1);
    },
  );

  it('of a payment that does not exist is refused', async () => {
    const stub = await openStub();
    expect((await stub.succeed('p-1')).status).toBe(404);
    expect((await stub.send('GET', '/payments/p-1')).status).toBe(404);
  });

  it.each([
    ['succeed', 'captured'],
    ['fail', 'failed'],
  ] as const)('comes by itself under auto %s', async (auto, state) => {
    const stub = await openStub({ auto, autoDelayMs: 10 });
    await stub.request('o-1');
    await expect.poll(async () => statesOf(await stub.ledger())).toEqual([state]);
  });

  it('comes by itself after a restart too', async () => {
    const ledgerPath = await newLedgerPath();
    const first = await openStub({ auto: 'succeed', autoDelayMs: 60_000 }, ledgerPath);
    await first.request('o-1');
    await first.close();
    const second = await openStub({ auto: 'succeed' }, ledgerPath);
    await expect.poll(async () => statesOf(await second.ledger())).toEqual(['captured']);
  });
});

describe('a refund', () => {
  it('gives back what was captured, and may be repeated', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    await stub.succeed(paymentId);
    for (const _ of ['first', 'again']) {
      expect(await stub.refund(paymentId, 1_250)).toMatchObject({
        status: 200,
        body: { refunded_minor: 1_250 },
      });
    }
    expect(statesOf(await stub.ledger())).toEqual(['refunded']);
  });

  it('of a payment that was not captured is refused', async () => {
    const stub = await openStub();
    const [waiting, failed] = [await stub.pending('o-1'), await stub.pending('o-2')];
    await stub.fail(failed);
    expect((await stub.refund(waiting, 1)).status).toBe(409);
    expect((await stub.refund(failed, 1)).status).toBe(409);
    expect((await stub.refund('p-none', 1)).status).toBe(404);
  });

  it('of more than was paid, or of another amount than before, is refused', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    await stub.succeed(paymentId);
    expect((await stub.refund(paymentId, 1_251)).status).toBe(422);
    await stub.refund(paymentId, 250);
    expect((await stub.refund(paymentId, 1_250)).status).toBe(409);
  });
});

it('sums what was captured and what was refunded, by order and by prefix', async () => {
  const stub = await openStub();
  const [a, b] = [await stub.pending('cart-1-1'), await stub.pending('cart-2-1')];
  await stub.pending('cart-2-2');
  await stub.succeed(a);
  await stub.succeed(b);
  await stub.refund(b, 250);
  expect((await stub.ledger()).sums).toEqual({ capturedMinor: 2_500, refundedMinor: 250 });
  expect((await stub.ledger('?order_id=cart-1-1')).sums).toEqual({ capturedMinor: 1_250, refundedMinor: 0 });
  expect(statesOf(await stub.ledger('?prefix=cart-2-'))).toEqual(['refunded', 'pending']);
});

describe('the payment page', () => {
  const page = async (url: string) => {
    const response = await fetch(url, { headers: { accept: 'text/html,*/*' } });
    return { type: response.headers.get('content-type'), text: await response.text() };
  };

  it('shows the order, the amount and the two buttons, until the payment is decided', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    const { type, text } = await page(`${stub.url}/payments/${paymentId}`);
    expect(type).toContain('text/html');
    for (const part of [
      'DC-000001',
      '€12.50',
      `/payments/${paymentId}/succeed`,
      `/payments/${paymentId}/fail`,
    ]) {
      expect(text).toContain(part);
    }
    await stub.succeed(paymentId);
    expect((await page(`${stub.url}/payments/${paymentId}`)).text).not.toContain('<form');
  });

  it('shows what an order is called as text', async () => {
    const stub = await openStub();
    const paymentId = paymentIdOf(await stub.request('o-1', { order_number: '<script>' }));
    expect((await page(`${stub.url}/payments/${paymentId}`)).text).not.toContain('<script>');
  });

  it('is JSON for programs', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    expect(await stub.send('GET', `/payments/${paymentId}`)).toMatchObject({
      status: 200,
      body: { payment_id: paymentId, order_id: 'o-1', amount_minor: 1_250, status: 'pending' },
    });
  });
});

describe('latency and faults', () => {
  it('failed and dropped calls have no effect, calls with a lost answer have', async () => {
    const stub = await openStub({ failNext: 1, dropNext: 1, loseNextAnswers: 1 });
    expect((await stub.request('failed')).status).toBe(503);
    await expect(stub.request('dropped')).rejects.toThrow('fetch failed');
    await expect(stub.request('lost')).rejects.toThrow('fetch failed');
    expect((await stub.request('well')).status).toBe(201);
    expect((await stub.ledger()).payments.map(({ orderId }) => orderId)).toEqual(['lost', 'well']);
  });

  it('meet the calls of a shop and not the shopper', async () => {
    const stub = await openStub();
    const paymentId = await stub.pending('o-1');
    await stub.control({ errorRate: 1, latencyMs: 60_000 });
    expect((await stub.cancel('o-1')).status).toBe(503);
    expect((await stub.refund(paymentId, 1)).status).toBe(503);
    expect((await stub.succeed(paymentId)).status).toBe(200);
  });

  it('take effect at the end of the latency', async () => {
    const stub = await openStub({ latencyMs: 150 });
    const requesting = stub.request('o-1');
    await stub.arrived('request');
    expect((await stub.ledger()).payments).toEqual([]);
    expect((await requesting).status).toBe(201);
  });
});

describe('the ledger', () => {
  it('survives SIGKILL with what was answered', async () => {
    const ledgerPath = await newLedgerPath();
    const stub = await spawnPaymentStub(ledgerPath, nowhere);
    const paid = await stub.request('paid');
    const refunded = await stub.pending('refunded');
    await stub.succeed(paymentIdOf(paid));
    await stub.succeed(refunded);
    await stub.refund(refunded, 1_250);
    await stub.cancel('cancelled');
    await stub.kill('SIGKILL');

    const next = await openStub({}, ledgerPath);
    expect(paymentIdOf(await next.request('paid'))).toBe(paymentIdOf(paid));
    expect((await next.request('cancelled')).status).toBe(409);
    expect((await next.refund(refunded, 1_250)).status).toBe(200);
    expect(await next.ledger()).toMatchObject({
      payments: [{ state: 'captured' }, { state: 'refunded' }],
      sums: { capturedMinor: 2_500, refundedMinor: 1_250 },
    });
  });

  it('ignores a torn last line, and with any other broken line does not start', async () => {
    const ledgerPath = await newLedgerPath();
    const first = await openStub({}, ledgerPath);
    await first.request('o-1');
    await first.close();
    await appendFile(ledgerPath, '{"type":"captured","paym');
    const second = await openStub({}, ledgerPath);
    expect(statesOf(await second.ledger())).toEqual(['pending']);
    await second.close();
    await writeFile(ledgerPath, `${await readFile(ledgerPath, 'utf8')}garbage\n`);
    await expect(openStub({}, ledgerPath)).rejects.toThrow(
      `${ledgerPath}, line 2 is no ledger entry: move the file away, or name another in PAYMENT_LEDGER`,
    );
  });
});

it('settings are refused all at once, each with its value and the mend, and a secret without its value', () => {
  const load = () =>
    loadStubConfig({
      PAYMENT_PORT: '70000',
      PAYMENT_AUTO: 'maybe',
      PAYMENT_WEBHOOK_URL: 'nowhere',
      PAYMENT_LOST_ANSWER_RATE: '2',
      PAYMENT_WEBHOOK_SECRET: 'hunter2',
    });
  for (const line of [
    'PAYMENT_PORT=70000: must be a whole number from 0 to 65535',
    'PAYMENT_AUTO=maybe: must be off, succeed or fail',
    'PAYMENT_WEBHOOK_URL=nowhere: must be a URL',
    'PAYMENT_LOST_ANSWER_RATE=2: must be a number from 0 to 1',
    'PAYMENT_WEBHOOK_SECRET=: use whsec_',
  ]) {
    expect(load).toThrow(line);
  }
  expect(load).not.toThrow('hunter2');
});

it('of several webhook secrets, as while one replaces another, the first one signs', () => {
  const other = `whsec_${'b2xkZXIh'.repeat(4)}`;
  const config = loadStubConfig({ PAYMENT_WEBHOOK_SECRET: `${testWebhookSecret},${other}` });
  expect(config.webhookSecret).toBe(testWebhookSecret);
});
