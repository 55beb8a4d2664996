import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { onError } from '../../src/http/on-error.ts';
import { createRouter } from '../../src/http/openapi.ts';
import type { ProblemDetails } from '../../src/http/problem.ts';
import { registerListWebhooks } from '../../src/http/routes/admin/list-webhooks.ts';
import { registerRedeliverWebhook } from '../../src/http/routes/admin/redeliver-webhook.ts';
import type { Redelivery, WebhookPage, WebhookView, WebhookViews } from '../../src/outbox/webhook-views.ts';

const webhook: WebhookView = {
  eventId: 'evt_cart1_7',
  type: 'cart.abandoned',
  cartId: 'cart1',
  status: 'dead',
  round: 0,
  attempts: 20,
  lastError: 'Answered 500',
  createdAt: '2026-11-24T12:00:00.000Z',
  updatedAt: '2026-11-27T12:00:00.000Z',
  dispatchedAt: '2026-11-24T12:00:01.000Z',
  deliveredAt: null,
};

/** The two routes alone; who may call them is decided where they are mounted. */
function createRoutes(answers: { page?: WebhookPage; redelivery?: Redelivery } = {}) {
  const asked: unknown[] = [];
  const webhooks: WebhookViews = {
    async listWebhooks(page) {
      asked.push(page);
      return answers.page ?? { webhooks: [webhook], next: undefined };
    },
    async redeliver(eventId) {
      asked.push(eventId);
      return (
        answers.redelivery ?? { status: 'accepted', webhook: { ...webhook, status: 'pending', round: 1 } }
      );
    },
  };
  const app = createRouter();
  app.onError(onError(pino({ level: 'silent' })));
  registerListWebhooks(app, { webhooks });
  registerRedeliverWebhook(app, { webhooks });

  async function call<T = ProblemDetails>(path: string, method = 'GET') {
    const response = await app.request(path, { method });
    return { status: response.status, body: (await response.json()) as T };
  }
  return { asked, call };
}

interface Page {
  webhooks: WebhookView[];
  next: string | null;
}

describe('GET /webhooks', () => {
  it('lists the newest of every status, 20 at a time, unless asked otherwise', async () => {
    const { asked, call } = createRoutes();
    expect(await call('/webhooks')).toEqual({ status: 200, body: { webhooks: [webhook], next: null } });
    await call('/webhooks?status=dead&limit=5');
    expect(asked).toEqual([
      { status: undefined, after: undefined, limit: 20 },
      { status: 'dead', after: undefined, limit: 5 },
    ]);
  });

  it('goes on where the page before has ended', async () => {
    const next = { createdAt: webhook.createdAt, eventId: webhook.eventId };
    const { asked, call } = createRoutes({ page: { webhooks: [webhook], next } });
    const { body } = await call<Page>('/webhooks');
    await call(`/webhooks?cursor=${body.next}`);
    expect(asked.at(-1)).toMatchObject({ after: next });
  });

  it.each([
    ['?status=lost', 422, 'invalid_input'],
    ['?limit=0', 422, 'invalid_input'],
    ['?cursor=nonsense', 400, 'malformed_request'],
  ])('refuses %s', async (query, status, code) => {
    expect(await createRoutes().call(`/webhooks${query}`)).toMatchObject({ status, body: { code } });
  });
});

describe('POST /webhooks/{eventId}/redeliver', () => {
  const redeliver = (redelivery?: Redelivery, eventId = 'evt_cart1_7') =>
    createRoutes(redelivery ? { redelivery } : {}).call(`/webhooks/${eventId}/redeliver`, 'POST');

  it('answers 202 with the webhook that is on its way', async () => {
    expect(await redeliver()).toMatchObject({ status: 202, body: { status: 'pending', round: 1 } });
  });

  it.each([
    ['delivered', 409, 'webhook_delivered'],
    ['not_found', 404, 'webhook_not_found'],
  ] as const)('of one that is %s is answered %i', async (status, code, problem) => {
    expect(await redeliver({ status })).toMatchObject({ status: code, body: { code: problem } });
  });

  it('refuses what is no id', async () => {
    expect(await redeliver(undefined, 'a%00b')).toMatchObject({
      status: 422,
      body: { code: 'invalid_input' },
    });
  });
});
