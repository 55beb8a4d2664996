import { z } from 'zod';
import { loadStubSettings, rateSetting, wholeNumber } from '../stub/settings.ts';
import { defaultControl, type Control } from './control.ts';

export interface StubConfig {
  host: string;
  port: number;
  ledgerPath: string;
  control: Control;
}

/** `500`, or `apple=5,pear=0,*=1000`. */
const stock = z
  .string()
  .regex(
    /^(\d+|[^=,]+=\d+(,[^=,]+=\d+)*)$/,
    'must be a number, or item=number pairs with commas between them',
  )
  .transform((text): Record<string, number> => {
    if (/^\d+$/.test(text)) return { '*': Number(text) };
    const pairs = text.split(',').map((pair) => pair.split('=') as [string, string]);
    return {
      ...defaultControl.stock,
      ...Object.fromEntries(pairs.map(([name, units]) => [name.trim(), Number(units)])),
    };
  })
  .default(defaultControl.stock);

const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  RESERVATION_PORT: wholeNumber(65_535).default(4000),
  RESERVATION_LATENCY_MS: wholeNumber(3_600_000).default(defaultControl.latencyMs),
  RESERVATION_STOCK: stock,
  RESERVATION_HOLD_TTL_MS: wholeNumber(86_400_000).default(defaultControl.holdTtlMs),
  RESERVATION_LEDGER: z.string().default('.data/reservations.jsonl'),
  RESERVATION_ERROR_RATE: rateSetting,
  RESERVATION_DROP_RATE: rateSetting,
  RESERVATION_LOST_ANSWER_RATE: rateSetting,
});

/** Throws with every problem named at once. */
export function loadStubConfig(env: Record<string, string | undefined>): StubConfig {
  const data = loadStubSettings('reservation stub', settings, env);
  return {
    host: data.HOST,
    port: data.RESERVATION_PORT,
    ledgerPath: data.RESERVATION_LEDGER,
    control: {
      ...defaultControl,
      latencyMs: data.RESERVATION_LATENCY_MS,
      stock: data.RESERVATION_STOCK,
      holdTtlMs: data.RESERVATION_HOLD_TTL_MS,
      errorRate: data.RESERVATION_ERROR_RATE,
      dropRate: data.RESERVATION_DROP_RATE,
      lostAnswerRate: data.RESERVATION_LOST_ANSWER_RATE,
    },
  };
}
