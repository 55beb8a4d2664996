import type { Client } from '@temporalio/client';
import type { Cart } from '../domain/cart.ts';
import {
  cartIdOfWorkflow,
  cartWorkflowId,
  cartWorkflowType,
  getStateQuery,
} from '../../workflows/cart.messages.ts';
import { describeCart } from './describe-cart.ts';

/** The carts whose workflow runs. */
export interface OpenCarts {
  /** Their ids, as far as Temporal's visibility has them by now. */
  list(): AsyncIterable<string>;
  /** The workflow's own state, null until it has loaded. Rejects where no worker answers. */
  stateOf(cartId: string): Promise<Cart | null>;
  isOpen(cartId: string): Promise<boolean>;
}

export interface OpenCartsOptions {
  client: Client;
  taskQueue: string;
  /** How long a worker may take to replay a long history and answer. */
  answerDeadlineMs?: number;
}

export function createOpenCarts(options: OpenCartsOptions): OpenCarts {
  const { client, taskQueue, answerDeadlineMs = 10_000 } = options;
  return {
    async *list() {
      const query = `WorkflowType="${cartWorkflowType}" and ExecutionStatus="Running" and TaskQueue="${taskQueue}"`;
      for await (const { workflowId } of client.workflow.list({ query })) yield cartIdOfWorkflow(workflowId);
    },
    async stateOf(cartId) {
      const query = () => client.workflow.getHandle(cartWorkflowId(cartId)).query(getStateQuery);
      return await client.connection.withDeadline(Date.now() + answerDeadlineMs, query);
    },
    async isOpen(cartId) {
      const run = await describeCart(client, cartId, answerDeadlineMs);
      return run?.status.name === 'RUNNING';
    },
  };
}
