import { WorkflowNotFoundError, type Client, type WorkflowExecutionDescription } from '@temporalio/client';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';

/** The latest run of a cart, undefined where Temporal knows none. Rejects when it does not answer in time. */
export async function describeCart(
  client: Client,
  cartId: string,
  answerDeadlineMs: number,
): Promise<WorkflowExecutionDescription | undefined> {
  const describe = () => client.workflow.getHandle(cartWorkflowId(cartId)).describe();
  try {
    return await client.connection.withDeadline(Date.now() + answerDeadlineMs, describe);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
