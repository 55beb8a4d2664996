import { Client, Connection } from '@temporalio/client';
import type { World } from '../world.ts';
import type { CartState, Run } from './facts.ts';

type Place = Pick<World, 'temporalAddress' | 'namespace' | 'taskQueue'>;

/** Every workflow of the shop; the running ones are asked how they are. */
export async function readRuns(place: Place): Promise<Run[]> {
  return await withClient(place, async (client) => {
    const runs: Run[] = [];
    for await (const { workflowId, runId, status } of client.workflow.list({ query: queryOf(place) })) {
      runs.push({ workflowId, runId, status: status.name });
    }
    for (let at = 0; at < runs.length; at += askedAtOnce) {
      const some = runs.slice(at, at + askedAtOnce);
      await Promise.all(some.map(async (run) => Object.assign(run, await ask(client, run))));
    }
    return runs;
  });
}

export const queryOf = ({ taskQueue }: Pick<Place, 'taskQueue'>): string => `TaskQueue = "${taskQueue}"`;

export async function withClient<T>(
  { temporalAddress, namespace }: Pick<Place, 'temporalAddress' | 'namespace'>,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    return await use(new Client({ connection, namespace }));
  } finally {
    await connection.close();
  }
}

const askedAtOnce = 16;
const answerWithinMs = 5_000;

async function ask(client: Client, { workflowId, runId, status }: Run): Promise<Partial<Run>> {
  if (status !== 'RUNNING') return {};
  const handle = client.workflow.getHandle(workflowId, runId);
  const { raw, status: now, searchAttributes } = await handle.describe();
  if (now.name !== 'RUNNING') return { status: now.name };
  const problems = (searchAttributes as Record<string, unknown>)['TemporalReportedProblems'];
  const known = {
    taskAttempt: raw.pendingWorkflowTask?.attempt ?? 0,
    callsUnderWay: raw.pendingActivities?.length ?? 0,
    problems: Array.isArray(problems) ? problems.map(String) : [],
  };
  if (!workflowId.startsWith('cart-')) return known;
  const state = await client
    .withDeadline(Date.now() + answerWithinMs, () => handle.query<CartState | null>('getState'))
    .catch(() => undefined);
  return state === undefined ? known : { ...known, state };
}
