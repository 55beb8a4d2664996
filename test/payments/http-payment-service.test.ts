import { describe, expect, it } from 'vitest';
import type { PaymentRequest, PaymentService } from '../../activities/ports.ts';
import { createHttpPaymentService } from '../../src/payments/http-payment-service.ts';
import { ServiceRequestError, ServiceUnreachableError } from '../../src/services/service-errors.ts';
import { openStub, unaborted } from './stub-harness.ts';

const payment: PaymentRequest = {
  orderId: 'cart-1',
  orderNumber: 'DC-000001',
  amountMinor: 1_250,
  currency: 'EUR',
};

async function open(control: Parameters<typeof openStub>[0] = {}) {
  const stub = await openStub(control);
  return { stub, service: createHttpPaymentService({ baseUrl: stub.url }) };
}

async function requested(service: PaymentService): Promise<string> {
  const result = await service.request(payment, unaborted);
  if (result.status !== 'requested') throw new Error(result.reason);
  return result.paymentId;
}

describe('request', () => {
  it('asks for what the order costs, and learns where the shopper pays', async () => {
    const { stub, service } = await open();
    const result = await service.request(payment, unaborted);
    const [{ paymentId } = { paymentId: '' }] = (await stub.ledger()).payments;
    expect(result).toEqual({ status: 'requested', paymentId, url: `${stub.url}/payments/${paymentId}` });
    expect((await stub.ledger()).payments).toMatchObject([payment]);
  });

  it('ends with one payment when the answer was lost and the call is repeated', async () => {
    const { stub, service } = await open({ loseNextAnswers: 1 });
    await expect(service.request(payment, unaborted)).rejects.toThrow(ServiceUnreachableError);
    await requested(service);
    expect((await stub.ledger()).payments).toHaveLength(1);
  });

  it('of an order that was cancelled is refused', async () => {
    const { service } = await open();
    await service.cancel(payment.orderId, unaborted);
    expect(await service.request(payment, unaborted)).toEqual({
      status: 'refused',
      reason: 'this order was cancelled',
    });
  });

  it('of another amount for the same order is refused', async () => {
    const { service } = await open();
    await requested(service);
    expect(await service.request({ ...payment, amountMinor: 1 }, unaborted)).toMatchObject({
      status: 'refused',
    });
  });
});

describe('cancel', () => {
  it('leaves nothing to be paid, and may be repeated', async () => {
    const { stub, service } = await open();
    const paymentId = await requested(service);
    await service.cancel(payment.orderId, unaborted);
    await service.cancel(payment.orderId, unaborted);
    expect((await stub.succeed(paymentId)).status).toBe(409);
  });

  it('is done when the order was paid before: its webhook has the word', async () => {
    const { stub, service } = await open();
    await stub.succeed(await requested(service));
    await service.cancel(payment.orderId, unaborted);
    expect((await stub.ledger()).payments).toMatchObject([{ state: 'captured' }]);
  });

  it('is done when the service knows of no such order', async () => {
    await expect(answering(404, {}).cancel('cart-1', unaborted)).resolves.toBeUndefined();
  });

  it.each([{ failNext: 1 }, { dropNext: 1 }])('is retryable when it meets %o', async (fault) => {
    const { service } = await open(fault);
    await expect(service.cancel('cart-1', unaborted)).rejects.toThrow(ServiceUnreachableError);
  });
});

describe('refund', () => {
  it('gives the money back once, however often it is asked', async () => {
    const { stub, service } = await open({ loseNextAnswers: 0 });
    const paymentId = await requested(service);
    await stub.succeed(paymentId);
    await stub.control({ loseNextAnswers: 1 });
    const refund = { paymentId, amountMinor: payment.amountMinor };
    await expect(service.refund(refund, unaborted)).rejects.toThrow(ServiceUnreachableError);
    await service.refund(refund, unaborted);
    expect((await stub.ledger()).sums).toEqual({ capturedMinor: 1_250, refundedMinor: 1_250 });
  });

  it('of what was never captured is a permanent error', async () => {
    const { service } = await open();
    const paymentId = await requested(service);
    await expect(service.refund({ paymentId, amountMinor: 1 }, unaborted)).rejects.toThrow(
      ServiceRequestError,
    );
  });
});

/** A service that answers every call with this. */
function answering(status: number, body: unknown): PaymentService {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const fetch = () => Promise.resolve(new Response(text, { status }));
  return createHttpPaymentService({ baseUrl: 'http://payments.test', fetch });
}

describe('an answer to a request', () => {
  it.each([
    ['no JSON', 'created'],
    ['no payment id', {}],
    ['an id that Postgres cannot store', { payment_id: 'p\u0000' }],
    ['an address that is no web page', { payment_id: 'p-1', url: 'javascript:alert(1)' }],
  ])('with %s is retryable', async (_, body) => {
    await expect(answering(201, body).request(payment, unaborted)).rejects.toThrow(ServiceUnreachableError);
  });

  it.each([{ payment_id: 'p-1' }, { payment_id: 'p-1', url: null }])(
    'may be without an address: %o',
    async (body) => {
      expect(await answering(201, body).request(payment, unaborted)).toEqual({
        status: 'requested',
        paymentId: 'p-1',
        url: null,
      });
    },
  );

  it.each([409, 422])('%i is a refusal, its reason shown as plain text', async (status) => {
    const service = answering(status, { detail: 'too\u0000 much' });
    expect(await service.request(payment, unaborted)).toEqual({ status: 'refused', reason: 'too  much' });
  });

  it.each([408, 425, 429, 500, 503])('%i is retryable', async (status) => {
    await expect(answering(status, {}).request(payment, unaborted)).rejects.toThrow(ServiceUnreachableError);
  });

  it.each([400, 401, 403, 404])('%i is permanent', async (status) => {
    await expect(answering(status, {}).request(payment, unaborted)).rejects.toThrow(ServiceRequestError);
  });
});

it('passes the abort of the caller through untouched', async () => {
  const { stub, service } = await open({ latencyMs: 60_000 });
  const caller = new AbortController();
  const failed = expect(service.request(payment, caller.signal)).rejects.toMatchObject({
    name: 'AbortError',
  });
  await stub.arrived('request');
  caller.abort();
  await failed;
});
