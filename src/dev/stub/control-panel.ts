import { z } from 'zod';

export const rate = z.number().min(0).max(1);
export const count = z.int().min(0);

/** The faults that every stub can be told to have, on its service's calls. */
export const faultControls = {
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
};

const faultSchema = z.object(faultControls);
export type FaultControl = z.infer<typeof faultSchema>;
export type Fault = 'error' | 'drop' | 'lostAnswer';

export const noFaults: FaultControl = {
  errorRate: 0,
  dropRate: 0,
  lostAnswerRate: 0,
  failNext: 0,
  dropNext: 0,
  loseNextAnswers: 0,
};

export type ChangeOf<C> = { [Name in keyof C]?: C[Name] | undefined };

export interface ControlPanel<C> {
  readonly current: C;
  change(change: ChangeOf<C>): void;
  /** The fault that the next call meets, if any; counted faults are used up. */
  nextFault(): Fault | undefined;
}

const faults = [
  { fault: 'error', counter: 'failNext', rate: 'errorRate' },
  { fault: 'drop', counter: 'dropNext', rate: 'dropRate' },
  { fault: 'lostAnswer', counter: 'loseNextAnswers', rate: 'lostAnswerRate' },
] as const;

/** What a stub is told to be, for as long as it runs. */
export function createControlPanel<C extends FaultControl>(
  initial: C,
  random: () => number = Math.random,
): ControlPanel<C> {
  let current = initial;
  return {
    get current() {
      return current;
    },
    change(change) {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      current = { ...current, ...given };
    },
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
