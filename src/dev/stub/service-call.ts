import { setTimeout as sleep } from 'node:timers/promises';
import { drop, problem, type StubContext } from './answers.ts';
import type { Fault } from './control-panel.ts';
import type { LedgerFile } from './ledger-file.ts';

/** An answer, and what has to be written down before it is given. */
export interface Verdict<Answer, Entry> {
  answer: Answer;
  entry?: Entry;
}

/** What every call goes through: its count, its latency, the fault it meets, and the ledger at the end. */
export interface ServiceCalls<Name extends string, Entry> {
  /** How often each kind of call has arrived. */
  readonly counts: Readonly<Record<Name, number>>;
  serve(c: StubContext, call: { name: Name; latencyMs: number }, effect: () => Response): Promise<Response>;
  /** Writes down what a verdict changes, then gives its answer. */
  settle<Answer>(judge: (at: string) => Verdict<Answer, Entry>): Answer;
}

export function createServiceCalls<Name extends string, Entry>(
  names: readonly Name[],
  file: LedgerFile<Entry>,
  control: { nextFault(): Fault | undefined },
): ServiceCalls<Name, Entry> {
  const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  return {
    counts,
    async serve(c, call, effect) {
      counts[call.name] += 1;
      const fault = control.nextFault();
      if (fault === 'error') return problem(c, 503, 'The stub was told to fail.');
      if (fault === 'drop') return drop(c);
      // A request that waits must not keep a stopped stub alive, nor write to its closed ledger.
      if (call.latencyMs > 0) await sleep(call.latencyMs, undefined, { ref: false });
      if (file.closed) return drop(c);
      const response = effect();
      return fault === 'lostAnswer' ? drop(c) : response;
    },
    settle(judge) {
      const { answer, entry } = judge(now());
      if (entry) file.append(entry);
      return answer;
    },
  };
}

/** Instants of one form: the order of the texts is the order in time. */
export const now = (): string => new Date().toISOString();
