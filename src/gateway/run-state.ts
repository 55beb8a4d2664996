import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import type { RunState } from './backlog.ts';

export interface RunStateOptions {
  client: Client;
  answerDeadlineMs?: number;
}

/** How far a cart's run is with its commands. */
export function createRunStateOf({ client, answerDeadlineMs = 1_000 }: RunStateOptions) {
  return async (cartId: string): Promise<RunState | undefined> => {
    const describe = () => client.workflow.getHandle(cartWorkflowId(cartId)).describe();
    try {
      const {
        raw,
        historySize = 0,
        historyLength,
      } = await client.withDeadline(Date.now() + answerDeadlineMs, describe);
      const task = raw.pendingWorkflowTask;
      const since = task?.originalScheduledTime ?? task?.scheduledTime;
      return {
        taskSince: since ? Number(since.seconds) * 1_000 : undefined,
        taskAttempt: task?.attempt ?? 0,
        historyBytes: historySize,
        historyEvents: historyLength,
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  };
}
