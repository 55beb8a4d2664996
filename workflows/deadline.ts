import { sleep } from '@temporalio/workflow';

export interface Deadline {
  /** Starts a timer unless one runs; one that runs is left alone, also when the deadline has moved on. */
  arm(expiresAt: number): boolean;
}

/** A lazy sliding timer: a later deadline costs no history event, the timer re-arms for the rest when it fires. */
export function createDeadline(onFire: () => void): Deadline {
  let armed = false;
  return {
    arm(expiresAt) {
      if (armed) return false;
      armed = true;
      const remainingMs = Math.max(expiresAt - Date.now(), 1);
      void sleep(remainingMs, { summary: `idle until ${new Date(expiresAt).toISOString()}` }).then(() => {
        armed = false;
        onFire();
      });
      return true;
    },
  };
}
