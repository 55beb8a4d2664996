import { sleep } from '@temporalio/workflow';
import { cartWorkflow as original } from '../../workflows/cart.workflow.ts';
import type { CartWorkflowInput } from '../../workflows/cart.messages.ts';

/** What a careless change looks like: a timer that no recorded history has. */
export async function cartWorkflow(input: CartWorkflowInput): Promise<unknown> {
  await sleep('1s');
  return await original(input);
}
