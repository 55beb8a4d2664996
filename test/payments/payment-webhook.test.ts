import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createPaymentWebhookVerifier } from '../../src/payments/payment-webhook.ts';

const secret = `whsec_${'c2VjcmV0'.repeat(4)}`;
const newSecret = `whsec_${'bmV3ZXIh'.repeat(4)}`;
const verify = createPaymentWebhookVerifier({ secrets: [secret] });

const data = { orderId: 'cart-1', paymentId: 'p-000001', amountMinor: 1_250, currency: 'EUR' };
const message = { type: 'payment.succeeded', timestamp: '2026-11-24T12:00:00.000Z', data };

interface Sending {
  body?: unknown;
  id?: string;
  at?: Date;
  signedWith?: string;
}

/** The body and the headers that a sender makes. */
function sending({ body = message, id = 'msg_1', at = new Date(), signedWith = secret }: Sending = {}) {
  const rawBody = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = new Headers({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(signedWith).sign(id, at, rawBody),
  });
  return { rawBody, headers };
}

const verified = (options?: Sending) => {
  const { rawBody, headers } = sending(options);
  return verify(rawBody, headers);
};
const minutesAway = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const badSignature = { status: 'bad_signature' };

describe('a webhook in order', () => {
  it.each(['payment.succeeded', 'payment.failed'])('is news: %s', (type) => {
    expect(verified({ body: { ...message, type } })).toEqual({
      status: 'valid',
      webhookId: 'msg_1',
      news: { type, ...data },
    });
  });

  it('may have fields that are not known yet', () => {
    const body = { ...message, more: 1, data: { ...data, more: 1 } };
    expect(verified({ body })).toMatchObject({ status: 'valid', news: { type: message.type, ...data } });
  });

  it('is verified by any of several secrets, while one replaces another', () => {
    const rotating = createPaymentWebhookVerifier({ secrets: [newSecret, secret] });
    for (const signedWith of [newSecret, secret]) {
      const { rawBody, headers } = sending({ signedWith });
      expect(rotating(rawBody, headers).status).toBe('valid');
    }
  });

  it('may be signed with several secrets at once', () => {
    const { rawBody, headers } = sending();
    const other = sending({ signedWith: newSecret }).headers.get('webhook-signature');
    headers.set('webhook-signature', `v1a,unknown ${other} ${headers.get('webhook-signature')}`);
    expect(verify(rawBody, headers).status).toBe('valid');
  });

  it('of another type is ignored, whatever its data', () => {
    expect(verified({ body: { type: 'payout.created', data: 7 } })).toEqual({
      status: 'ignored',
      webhookId: 'msg_1',
      type: 'payout.created',
    });
  });
});

describe('a bad signature', () => {
  it('is that of another secret, and of one that was retired', () => {
    expect(verified({ signedWith: newSecret })).toEqual(badSignature);
    const retired = createPaymentWebhookVerifier({ secrets: [newSecret] });
    const { rawBody, headers } = sending();
    expect(retired(rawBody, headers)).toEqual(badSignature);
  });

  it('is one of another body, id or time', () => {
    const { rawBody, headers } = sending();
    expect(verify(rawBody.replace('1250', '1'), headers)).toEqual(badSignature);
    expect(verify(`${rawBody} `, headers)).toEqual(badSignature);
    for (const [name, value] of [
      ['webhook-id', 'msg_2'],
      ['webhook-timestamp', String(Math.floor(Date.now() / 1_000) + 60)],
    ] as const) {
      const changed = new Headers(headers);
      changed.set(name, value);
      expect(verify(rawBody, changed)).toEqual(badSignature);
    }
  });

  it.each([-6, 6])('is one of a time that is %i minutes away', (minutes) => {
    expect(verified({ at: minutesAway(minutes) })).toEqual(badSignature);
    expect(verified({ at: minutesAway(Math.sign(minutes) * 4) }).status).toBe('valid');
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('is one without %s', (name) => {
    const { rawBody, headers } = sending();
    headers.delete(name);
    expect(verify(rawBody, headers)).toEqual(badSignature);
  });

  it.each(['', 'v1', 'v1,', 'v1,?', ',', 'v2,abc', 'nonsense'])('is "%s"', (signature) => {
    const { rawBody, headers } = sending();
    headers.set('webhook-signature', signature);
    expect(verify(rawBody, headers)).toEqual(badSignature);
  });

  it('is told before anything is said about the body', () => {
    expect(verified({ body: 'garbage', signedWith: newSecret })).toEqual(badSignature);
  });
});

describe('a signed webhook that is malformed', () => {
  const pointersOf = (body: unknown) => {
    const result = verified({ body });
    return result.status === 'malformed' ? result.errors.map(({ pointer }) => pointer) : result.status;
  };

  it.each([
    ['no JSON', 'garbage', ['#']],
    ['no type', { data }, ['#/type']],
    ['no data', { type: message.type }, ['#/data']],
    ['a part of a cent', { ...message, data: { ...data, amountMinor: 1.5 } }, ['#/data/amountMinor']],
    ['a negative amount', { ...message, data: { ...data, amountMinor: -1 } }, ['#/data/amountMinor']],
    [
      'ids that cannot be stored',
      { ...message, data: { ...data, orderId: 'o\u0000', paymentId: '' } },
      ['#/data/orderId', '#/data/paymentId'],
    ],
    ['no currency', { ...message, data: { ...data, currency: 'euro' } }, ['#/data/currency']],
  ])('has %s, and is told where', (_, body, pointers) => {
    expect(pointersOf(body)).toEqual(pointers);
  });

  it('has an id too long to remember', () => {
    expect(verified({ id: 'm'.repeat(256) })).toEqual({
      status: 'malformed',
      errors: [{ in: 'header', pointer: '#/webhook-id', detail: 'must be 1 to 255 printable characters' }],
    });
  });
});
