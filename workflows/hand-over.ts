import { sleep, workflowInfo } from '@temporalio/workflow';

/**
 * Whether this run should continue as new. `upgrade`: new workers are there; when no call is in flight, and until
 * then all goes on. `due`: as soon as no call is in flight. `overdue`: now; calls in flight are asked for again by
 * the next run, under the same keys.
 */
export type HandOverState = 'early' | 'upgrade' | 'due' | 'overdue';

export interface HandOver {
  state(): HandOverState;
  /** Bounds how long a run that is due may wait for its calls. */
  waitAtMost(): void;
}

const waitMs = 30_000;
/** A third of what Temporal allows: large commands fill a history long before their number does. */
const historyBytesAtMost = 16 * 1_048_576;

/** A character of JSON may take three bytes, and a run's start at most 2 MiB. */
const carriedCharactersAtMost = 600_000;

/** Whether the next run can be started with it. A larger one would fail the cart. */
export const canBeCarried = (carried: object): boolean =>
  JSON.stringify(carried).length <= carriedCharactersAtMost;

export function createHandOver(afterEvents: number, wake: () => void): HandOver {
  let waiting = false;
  let waited = false;
  return {
    state() {
      const { historyLength, historySize, continueAsNewSuggested, targetWorkerDeploymentVersionChanged } =
        workflowInfo();
      if (waited || historyLength >= 2 * afterEvents || historySize >= historyBytesAtMost) return 'overdue';
      if (continueAsNewSuggested || historyLength >= afterEvents) return 'due';
      // Never so without worker versioning, and in histories from before it.
      return targetWorkerDeploymentVersionChanged ? 'upgrade' : 'early';
    },
    waitAtMost() {
      if (waiting) return;
      waiting = true;
      void sleep(waitMs, { summary: 'continue as new at the latest' }).then(() => {
        waited = true;
        wake();
      });
    },
  };
}
