import { Worker, type ReplayHistoriesIterable, type ReplayWorkerOptions } from '@temporalio/worker';

/**
 * Whatever tests have led a cart through, another worker must be able to take it over. Throws with the first
 * history that cannot be replayed.
 */
export async function replayCarts(
  histories: ReplayHistoriesIterable,
  options: ReplayWorkerOptions,
): Promise<void> {
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories)) {
    if (error) throw new Error(`${workflowId} cannot be replayed`, { cause: error });
  }
}
