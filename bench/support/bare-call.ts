import type { Client } from '@temporalio/client';

/** The bare counterpart of a command: one durable call, for a workflow that does nothing with it. */
export async function pokeBare(client: Client, workflowId: string): Promise<void> {
  await client.workflow.signalWithStart('bareEntity', {
    ...{ workflowId, taskQueue: 'bare' },
    ...{ signal: 'poke', signalArgs: [{ name: 'apple', quantity: 1 }] },
  });
}
