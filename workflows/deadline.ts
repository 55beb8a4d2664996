import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

export interface Deadline {
  /**
   * Sees to it that the cart wakes at this instant at the latest. A timer that fires before is left alone; it is
   * armed for the rest then. Returns whether a timer was started.
   */
  arm(dueAt: number): boolean;
}

interface Timer {
  firesAt: number;
  scope: CancellationScope;
}

/** A lazy sliding timer: a deadline that moves on, as every command moves it, costs no history event. */
export function createDeadline(onFire: () => void): Deadline {
  let running: Timer | undefined;

  async function wait(timer: Timer, ms: number) {
    try {
      const summary = `due ${new Date(timer.firesAt).toISOString()}`;
      await timer.scope.run(() => sleep(ms, { summary }));
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
    if (running !== timer) return;
    running = undefined;
    onFire();
  }

  return {
    arm(dueAt) {
      if (running && running.firesAt <= dueAt) return false;
      running?.scope.cancel();
      running = { firesAt: dueAt, scope: new CancellationScope({ cancellable: true }) };
      void wait(running, Math.max(dueAt - Date.now(), 1));
      return true;
    },
  };
}
