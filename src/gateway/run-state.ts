import type { Client } from '@temporalio/client';
import type { RunState } from './backlog.ts';
import { describeCart } from './describe-cart.ts';

export interface RunStateOptions {
  client: Client;
  answerDeadlineMs?: number;
}

/** How far a cart's run is with its commands. */
export function createRunStateOf({ client, answerDeadlineMs = 1_000 }: RunStateOptions) {
  return async (cartId: string): Promise<RunState | undefined> => {
    const run = await describeCart(client, cartId, answerDeadlineMs);
    if (!run) return undefined;
    const task = run.raw.pendingWorkflowTask;
    const since = task?.originalScheduledTime ?? task?.scheduledTime;
    return {
      taskSince: since ? Number(since.seconds) * 1_000 : undefined,
      taskAttempt: task?.attempt ?? 0,
      historyBytes: run.historySize ?? 0,
      historyEvents: run.historyLength,
    };
  };
}
