import { z } from 'zod';
import { defaultControl, type Control } from './control.ts';

export interface StubConfig {
  host: string;
  port: number;
  ledgerPath: string;
  control: Control;
}

const numberFrom = (pattern: RegExp, max: number, mend: string) =>
  z
    .string()
    .regex(pattern, mend)
    .transform(Number)
    .refine((value) => value <= max, mend);

const wholeNumber = (max: number) => numberFrom(/^\d+$/, max, `must be a whole number from 0 to ${max}`);
const rate = numberFrom(/^\d*\.?\d+$/, 1, 'must be a number from 0 to 1').default(0);

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
  RESERVATION_LEDGER: z.string().default('.data/reservations.jsonl'),
  RESERVATION_ERROR_RATE: rate,
  RESERVATION_DROP_RATE: rate,
  RESERVATION_LOST_ANSWER_RATE: rate,
});

/** The stub's own settings: it is a program of its own. Throws with every problem named at once. */
export function loadStubConfig(env: Record<string, string | undefined>): StubConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `  ${name}=${env[name] ?? ''}: ${message}`;
    });
    throw new Error(`The reservation stub cannot start:\n${lines.join('\n')}`);
  }
  const { data } = parsed;
  return {
    host: data.HOST,
    port: data.RESERVATION_PORT,
    ledgerPath: data.RESERVATION_LEDGER,
    control: {
      ...defaultControl,
      latencyMs: data.RESERVATION_LATENCY_MS,
      stock: data.RESERVATION_STOCK,
      errorRate: data.RESERVATION_ERROR_RATE,
      dropRate: data.RESERVATION_DROP_RATE,
      lostAnswerRate: data.RESERVATION_LOST_ANSWER_RATE,
    },
  };
}
