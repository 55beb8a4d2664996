import { setTimeout as sleep } from 'node:timers/promises';
import { drop, problem, type StubContext } from './answers.ts';
import type { ControlPanel, Fault } from './control.ts';
import type { Answer, Verdict } from './ledger.ts';
import type { LedgerFile } from './ledger-file.ts';

/** How often each kind of call has arrived. */
export interface CallCounts {
  reserve: number;
  batch: number;
  adjust: number;
  release: number;
  commit: number;
}

/** What every call goes through: its count, its latency, the fault it meets, and the ledger at the end. */
export interface ServiceCalls {
  readonly counts: Readonly<CallCounts>;
  serve(
    c: StubContext,
    call: { name: keyof CallCounts; latencyMs: number },
    effect: () => Response,
  ): Promise<Response>;
  /** Writes down what a verdict changes, then gives its answer. */
  settle(verdict: Verdict): Answer;
}

export function createServiceCalls(file: LedgerFile, control: ControlPanel): ServiceCalls {
  const counts: CallCounts = { reserve: 0, batch: 0, adjust: 0, release: 0, commit: 0 };
  return {
    counts,
    async serve(c, call, effect) {
      counts[call.name] += 1;
      const fault: Fault | undefined = control.nextFault();
      if (fault === 'error') return problem(c, 503, 'The stub was told to fail.');
      if (fault === 'drop') return drop(c);
      // A request that waits must not keep a stopped stub alive, nor write to its closed ledger.
      if (call.latencyMs > 0) await sleep(call.latencyMs, undefined, { ref: false });
      if (file.closed) return drop(c);
      const response = effect();
      return fault === 'lostAnswer' ? drop(c) : response;
    },
    settle({ answer, entry }) {
      if (entry) file.append(entry);
      return answer;
    },
  };
}

export const now = (): string => new Date().toISOString();
