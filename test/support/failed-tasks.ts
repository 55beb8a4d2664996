import type { temporal } from '@temporalio/proto';

export interface RunHistory {
  workflowId: string;
  history: temporal.api.history.v1.IHistory;
}

/** The workflow tasks that were failed, by their worker or by the server, with the cause. */
export const failedTasks = (runs: readonly RunHistory[]) =>
  runs
    .flatMap(({ history }) => history.events ?? [])
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) => (failed ? [failed] : []));
