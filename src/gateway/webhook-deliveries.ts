import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { OutboundEvent } from '../domain/outbound.ts';
import {
  webhookDeliveryWorkflowType,
  webhookWorkflowId,
  type WebhookDeliveryInput,
} from '../../workflows/webhook-delivery.messages.ts';

export interface WebhookDeliveriesOptions {
  client: Client;
  taskQueue: string;
  giveUpAfterMs: number;
  /** How long Temporal may take to store one. */
  storeDeadlineMs?: number;
}

/** Starts the workflow that delivers an event; asked again for the same one, it starts nothing. */
export function createStartDelivery(options: WebhookDeliveriesOptions) {
  const { client, taskQueue, giveUpAfterMs, storeDeadlineMs = 3_000 } = options;
  return async (event: OutboundEvent, round: number): Promise<void> => {
    const input: WebhookDeliveryInput = { event, round, giveUpAfterMs };
    const start = () =>
      client.workflow.start(webhookDeliveryWorkflowType, {
        workflowId: webhookWorkflowId(event.eventId, round),
        taskQueue,
        args: [input],
        // Running: it is the one that was asked for. Over: so is that one.
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${event.type} of cart ${event.cartId}`,
      });
    try {
      await client.withDeadline(Date.now() + storeDeadlineMs, start);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  };
}
