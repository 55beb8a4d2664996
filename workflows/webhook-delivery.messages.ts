import type { OutboundEvent } from '../src/domain/outbound.ts';

/** The wire contract between the relay and the workflow. Deliveries under way speak it too: only ever add to it. */
export const webhookDeliveryWorkflowType = 'webhookDeliveryWorkflow';

/** One workflow each time that an event is sent: `round` is 0 at first, then counts how often an operator asked. */
export const webhookWorkflowId = (eventId: string, round: number): string =>
  round === 0 ? `webhook-${eventId}` : `webhook-${eventId}-${round}`;

export interface WebhookDeliveryInput {
  event: OutboundEvent;
  round: number;
  /** All attempts together, after which the delivery is `dead`. */
  giveUpAfterMs: number;
}

/** `dead`: given up, and an operator can send it again. `gone`: the receiver wants no more of this. */
export type WebhookDeliveryResult = { eventId: string; attempts: number } & (
  { status: 'delivered' | 'gone' } | { status: 'dead'; reason: string }
);
