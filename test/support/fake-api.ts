import { Writable } from 'node:stream';
import pino from 'pino';
import type { ProblemDetails } from '../../src/http/problem.ts';
import type { Submission, SubmissionResult } from '../../src/http/submit-command.ts';
import type { ClaimResult } from '../../src/http/claim-cart.ts';
import { createApp } from '../../src/http/app.ts';
import { createStreamPlaces } from '../../src/http/stream-places.ts';
import { countAnswers } from '../../src/http/count-answers.ts';
import type { HttpDeps } from '../../src/http/types.ts';
import { createPaymentWebhookVerifier, type PaymentNotice } from '../../src/payments/payment-webhook.ts';
import { createApiMetrics } from '../../src/metrics/api-metrics.ts';
import { createDocsFiles } from '../../src/platform/docs-files.ts';
import type { CartViews } from '../../src/read-model/cart-views.ts';
import type { OrderViews } from '../../src/read-model/order-views.ts';
import { cartIdOf, createCartSessions } from '../../src/sessions/cart-sessions.ts';
import { addItem, given, item } from './cart-scenario.ts';
import { createFakeLiveCarts } from './fake-live-carts.ts';

export const bodyLimitBytes = 65_536;
export const sessionSecret = 'a secret that only the tests know about';
export const webhookSecret = `whsec_${Buffer.from('a secret of 24 bytes or more').toString('base64')}`;
export const sessionTtlMs = 60_000;
export const aCart = given(addItem(item('apple', 2))).cart;

/** The HTTP layer alone: commands and reads are answered by hand, and counted. */
export function createFakeApi(overrides: Partial<HttpDeps> = {}) {
  const submissions: Submission[] = [];
  const reads: string[] = [];
  const logLines: string[] = [];
  const touched: string[] = [];
  const payments: PaymentNotice[] = [];
  const behaviour = {
    submit: async (_submission: Submission): Promise<SubmissionResult> => ({
      status: 'applied',
      operationId: 'op1',
      cart: aCart,
    }),
    claim: async (submission: Submission): Promise<ClaimResult> => {
      submissions.push(submission);
      return { status: 'claimed', cart: aCart, cutOff: [] };
    },
    views: {
      findCart: async () => aCart,
      findCartHead: async () => aCart,
      findRequest: async () => undefined,
      findOperation: async () => undefined,
    } as CartViews,
    orders: {
      findOrder: async () => undefined,
      findOrderVersion: async () => undefined,
      listOrders: async () => ({ orders: [], next: undefined }),
      findPayable: async () => undefined,
    } as OrderViews,
    verifyPayment: createPaymentWebhookVerifier({ secrets: [webhookSecret] }),
    acceptPayment: async (_payment: PaymentNotice): Promise<void> => {},
  };
  const metrics = createApiMetrics({ open: async () => undefined, ended: async () => undefined }, () => 0);
  const sessions = createCartSessions({ secrets: [sessionSecret], ttlMs: sessionTtlMs });
  const app = createApp({
    sessions,
    submit: countAnswers(async (submission) => {
      submissions.push(submission);
      return await behaviour.submit(submission);
    }, metrics.countCommand),
    orders: behaviour.orders,
    webhooks: {
      listWebhooks: async () => ({ webhooks: [], next: undefined }),
      redeliver: async () => ({ status: 'not_found' }),
    },
    claim: (submission) => behaviour.claim(submission),
    touch: (cart) => {
      if (cart) touched.push(cart.cartId);
    },
    verifyPayment: (body, headers) => behaviour.verifyPayment(body, headers),
    acceptPayment: async (payment) => {
      payments.push(payment);
      await behaviour.acceptPayment(payment);
    },
    checkout: { waitMs: 300_000, payWithinMs: 600_000 },
    views: {
      findCart: async (cartId) => {
        reads.push(cartId);
        return await behaviour.views.findCart(cartId);
      },
      findCartHead: async (cartId) => {
        reads.push(`head of ${cartId}`);
        return await behaviour.views.findCartHead(cartId);
      },
      findOperation: async (cartId, operationId) => {
        reads.push(operationId);
        return await behaviour.views.findOperation(cartId, operationId);
      },
      findRequest: (cartId, operationId) => behaviour.views.findRequest(cartId, operationId),
    },
    history: { listEvents: async () => ({ events: [], next: undefined }), cartAt: async () => undefined },
    abandonedCarts: {
      list: async () => ({ carts: [], next: undefined }),
      summarise: async () => ({ count: 0, totalMinor: 0, days: [], topItems: [] }),
    },
    live: {
      carts: createFakeLiveCarts().carts,
      places: createStreamPlaces({ perCart: 20, perProcess: 100 }),
      heartbeatMs: 60_000,
    },
    adminToken: undefined,
    users: undefined,
    demoPage: undefined,
    rateLimiting: { limits: undefined, addressOf: () => '192.0.2.1' },
    readiness: async () => ({ postgres: 'ok', temporal: 'ok' }),
    metrics,
    docsFile: createDocsFiles(),
    logger: pino({ base: null }, collect(logLines)),
    currency: 'EUR',
    cartMaxUnits: 1_000,
    wait: { defaultMs: 1_000, maxMs: 30_000 },
    bodyLimitBytes,
    corsOrigins: [],
    cookieSecure: false,
    ...overrides,
  });
  const session = sessions.issue({ kind: 'guest' });
  const cartPath = `/api/v1/carts/${session.sessionId}`;

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await app.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    // Typed as a problem, which is what most tests look at.
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    const json = (isJson && text !== '' ? JSON.parse(text) : undefined) as ProblemDetails;
    return { status: response.status, headers: response.headers, body: json, text };
  }

  return {
    app,
    sessions,
    sessionId: session.sessionId,
    cartId: cartIdOf(session),
    cartPath,
    submissions,
    reads,
    logLines,
    touched,
    payments,
    metrics,
    behaviour,
    call,
    add: (body: unknown, headers?: Record<string, string>) =>
      call('POST', `${cartPath}/items`, body, headers),
  };
}

export type FakeApi = ReturnType<typeof createFakeApi>;

function collect(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(...chunk.toString().trimEnd().split('\n'));
      done();
    },
  });
}
