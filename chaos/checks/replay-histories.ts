import { Worker } from '@temporalio/worker';
import type { World } from '../world.ts';
import type { Finding } from './finding.ts';
import { queryOf, withClient } from './runs.ts';

/** Another worker must be able to take any of them over. */
export async function checkHistories(world: World): Promise<Finding[]> {
  const { bundlePath } = world;
  if (bundlePath === undefined) return [];
  return await withClient(world, async (client) => {
    const found: Finding[] = [];
    const histories = client.workflow.list({ query: queryOf(world) }).intoHistories({ concurrency: 8 });
    const results = Worker.runReplayHistories({ workflowBundle: { codePath: bundlePath } }, histories);
    for await (const { workflowId, error } of results) {
      if (error)
        found.push({ check: 'workflows', detail: `${workflowId} cannot be replayed: ${error.message}` });
    }
    return found;
  });
}
