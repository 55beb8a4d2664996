import { Webhook } from 'standardwebhooks';
import type { z } from 'zod';
import { serviceId } from '../services/service-answers.ts';
import { anyMessage, newsTypes, paymentMessage } from './payment-message.ts';

/** What became of a payment. */
export interface PaymentNotice {
  type: (typeof newsTypes)[number];
  orderId: string;
  paymentId: string;
  amountMinor: number;
  currency: string;
}

/** `webhookId` is the same each time that the message is sent. `ignored`: in order, but of a type that says nothing to carts. */
export type PaymentWebhook =
  | { status: 'valid'; webhookId: string; news: PaymentNotice }
  | { status: 'ignored'; webhookId: string; type: string }
  | { status: 'bad_signature' }
  | { status: 'malformed'; errors: MalformedField[] };

interface MalformedField {
  in: 'header' | 'body';
  pointer: string;
  detail: string;
}

/** Of the body as it was sent, byte for byte: the signature covers it. */
export type VerifyPaymentWebhook = (rawBody: string, headers: Headers) => PaymentWebhook;

const headerNames = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;

/**
 * Standard Webhooks: the sender has signed id, time and body with one of `secrets` (`whsec_…`), within the last
 * five minutes. Several secrets while one is being replaced.
 */
export function createPaymentWebhookVerifier({
  secrets,
}: {
  secrets: readonly [string, ...string[]];
}): VerifyPaymentWebhook {
  const keys = secrets.map((secret) => new Webhook(secret));
  return (rawBody, headers) => {
    const signed = Object.fromEntries(headerNames.map((name) => [name, headers.get(name) ?? '']));
    if (!keys.some((key) => isSignedBy(key, rawBody, signed))) return { status: 'bad_signature' };
    const webhookId = serviceId.safeParse(signed['webhook-id']);
    const body = fromJson(rawBody);
    const known = anyMessage.safeParse(body);
    if (!webhookId.success || !known.success) return malformed(webhookId.error, known.error);
    const { type } = known.data;
    if (!newsTypes.some((news) => news === type))
      return { status: 'ignored', webhookId: webhookId.data, type };
    const parsed = paymentMessage.safeParse(body);
    if (!parsed.success) return malformed(undefined, parsed.error);
    const { data } = parsed.data;
    return { status: 'valid', webhookId: webhookId.data, news: { type: parsed.data.type, ...data } };
  };
}

function isSignedBy(key: Webhook, rawBody: string, headers: Record<string, string>): boolean {
  try {
    key.verify(rawBody, headers, { jsonParse: false });
    return true;
  } catch {
    // Whatever it finds wrong, and whatever a hostile header makes it throw: not signed.
    return false;
  }
}

function malformed(ofId: z.ZodError | undefined, ofBody: z.ZodError | undefined): PaymentWebhook {
  return {
    status: 'malformed',
    errors: [...fields('header', ofId, ['webhook-id']), ...fields('body', ofBody)],
  };
}

function fields(
  place: MalformedField['in'],
  error: z.ZodError | undefined,
  prefix: readonly string[] = [],
): MalformedField[] {
  return (error?.issues ?? []).map(({ path, message: detail }) => ({
    in: place,
    pointer: `#${[...prefix, ...path].map((key) => `/${String(key)}`).join('')}`,
    detail,
  }));
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
