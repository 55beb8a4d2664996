import type { LedgerFile } from '../stub/ledger-file.ts';
import { createServiceCalls, type ServiceCalls } from '../stub/service-call.ts';
import type { ControlPanel } from './control.ts';
import type { Entry, Ledger } from './ledger.ts';

const names = ['reserve', 'batch', 'adjust', 'release', 'commit'] as const;

export type ReservationCalls = ServiceCalls<(typeof names)[number], Entry>;

/** Nothing is judged before the holds that are due have ended. */
export function createReservationCalls(
  file: LedgerFile<Entry>,
  ledger: Ledger,
  control: ControlPanel,
): ReservationCalls {
  const calls = createServiceCalls<(typeof names)[number], Entry>(names, file, control);
  return {
    ...calls,
    settle: (judge) =>
      calls.settle((at) => {
        ledger.passTime(at);
        return judge(at);
      }),
  };
}
