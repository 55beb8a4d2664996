import { z } from 'zod';
import { paymentWebhookSettings } from '../../config/shards.ts';
import { loadStubSettings, rateSetting, wholeNumber } from '../stub/settings.ts';
import { defaultControl, type Control } from './control.ts';

export interface StubConfig {
  host: string;
  port: number;
  /** Of the payment pages, as shoppers reach it; without one, as the request for the payment came. */
  publicUrl?: string | undefined;
  ledgerPath: string;
  webhookSecret: string;
  control: Control;
}

const webUrl = z.url({ protocol: /^https?$/, error: 'must be a URL such as http://127.0.0.1:4001' });

const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  PAYMENT_PORT: wholeNumber(65_535).default(4001),
  PAYMENT_PUBLIC_URL: webUrl.optional(),
  PAYMENT_LATENCY_MS: wholeNumber(3_600_000).default(defaultControl.latencyMs),
  PAYMENT_AUTO: z
    .enum(['off', 'succeed', 'fail'], 'must be off, succeed or fail')
    .default(defaultControl.auto),
  PAYMENT_WEBHOOK_URL: webUrl.default(defaultControl.webhookUrl),
  PAYMENT_LEDGER: z.string().default('.data/payments.jsonl'),
  PAYMENT_ERROR_RATE: rateSetting,
  PAYMENT_DROP_RATE: rateSetting,
  PAYMENT_LOST_ANSWER_RATE: rateSetting,
  ...paymentWebhookSettings,
});

/** Throws with every problem named at once. */
export function loadStubConfig(env: Record<string, string | undefined>): StubConfig {
  const data = loadStubSettings('payment stub', settings, env, ['PAYMENT_WEBHOOK_SECRET']);
  return {
    host: data.HOST,
    port: data.PAYMENT_PORT,
    publicUrl: data.PAYMENT_PUBLIC_URL,
    ledgerPath: data.PAYMENT_LEDGER,
    // As with the session secret: the first one signs.
    webhookSecret: data.PAYMENT_WEBHOOK_SECRET[0],
    control: {
      ...defaultControl,
      latencyMs: data.PAYMENT_LATENCY_MS,
      auto: data.PAYMENT_AUTO,
      webhookUrl: data.PAYMENT_WEBHOOK_URL,
      errorRate: data.PAYMENT_ERROR_RATE,
      dropRate: data.PAYMENT_DROP_RATE,
      lostAnswerRate: data.PAYMENT_LOST_ANSWER_RATE,
    },
  };
}
