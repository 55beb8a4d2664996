import { z } from 'zod';

const rate = z.number().min(0).max(1);
const count = z.int().min(0);

/** What the stub can be told to be: slow, short of stock, faulty. */
export const controlSchema = z.strictObject({
  latencyMs: z.int().min(0).max(3_600_000),
  /** Units by item; `*` for every item that is not named. */
  stock: z.record(z.string(), count),
  /** Answered 503 before any effect. */
  errorRate: rate,
  /** Connection dropped before any effect. */
  dropRate: rate,
  /** Takes effect, then the connection is dropped. */
  lostAnswerRate: rate,
  /** The same faults for the next n calls, whatever the rates say. */
  failNext: count,
  dropNext: count,
  loseNextAnswers: count,
});

export type Control = z.infer<typeof controlSchema>;
export const controlChange = controlSchema.partial();
export type ControlChange = z.infer<typeof controlChange>;

export type Fault = 'error' | 'drop' | 'lostAnswer';

export const defaultControl: Control = {
  latencyMs: 35_000,
  stock: { '*': 1_000 },
  errorRate: 0,
  dropRate: 0,
  lostAnswerRate: 0,
  failNext: 0,
  dropNext: 0,
  loseNextAnswers: 0,
};

export interface ControlPanel {
  readonly current: Control;
  change(change: ControlChange): void;
  stockOf(item: string): number;
  /** The fault that the next call meets, if any; counted faults are used up. */
  nextFault(): Fault | undefined;
}

export function createControlPanel(initial: Control, random: () => number = Math.random): ControlPanel {
  let current = initial;
  const faults = [
    { fault: 'error', counter: 'failNext', rate: 'errorRate' },
    { fault: 'drop', counter: 'dropNext', rate: 'dropRate' },
    { fault: 'lostAnswer', counter: 'loseNextAnswers', rate: 'lostAnswerRate' },
  ] as const;
  return {
    get current() {
      return current;
    },
    change({ stock, ...rest }) {
      const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
      current = { ...current, ...given, stock: { ...current.stock, ...stock } };
    },
    // An item may be called `constructor`: only what was set counts.
    stockOf: (item) => (Object.hasOwn(current.stock, item) ? current.stock[item] : current.stock['*']) ?? 0,
    nextFault() {
      const counted = faults.find(({ counter }) => current[counter] > 0);
      if (counted) {
        current = { ...current, [counted.counter]: current[counted.counter] - 1 };
        return counted.fault;
      }
      return faults.find(({ rate: name }) => current[name] > 0 && random() < current[name])?.fault;
    },
  };
}
