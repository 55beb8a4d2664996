import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { EventType, PendingActivityState } = temporal.api.enums.v1;

/**
 * Terminates a workflow, but not in the middle of a task or a call: the test server takes its clock to be busy
 * with those until they answer, and of a terminated workflow it takes no answer. Its time would stand still for ever.
 */
export async function endAtRest(handle: WorkflowHandle): Promise<void> {
  try {
    for (let waitedMs = 0; await isBusy(handle); waitedMs += 10) {
      if (waitedMs > 10_000)
        throw new Error(`${handle.workflowId} does not come to rest at the end of its test`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await handle.terminate();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

async function isBusy(handle: WorkflowHandle): Promise<boolean> {
  const { status, raw } = await handle.describe();
  if (status.name !== 'RUNNING') return false;
  // What waits for its next attempt keeps no clock.
  const calling = raw.pendingActivities?.some(
    ({ state, attempt }) => state !== PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED || attempt === 1,
  );
  if (calling) return true;
  const { events } = await handle.fetchHistory();
  const lastOfTasks = events?.findLast(({ eventType }) => eventType && taskEvents.has(eventType));
  return lastOfTasks?.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED;
}

const taskEvents = new Set([
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
]);
