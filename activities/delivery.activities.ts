import { activityInfo, ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { OutboundEvent } from '../src/domain/outbound.ts';
import type { DeliveryBook, DeliveryRecord, WebhookAnswer, WebhookSender } from './ports.ts';

export interface DeliveryPorts {
  /** Absent in a worker without a receiver; deliveries under way then wait for one that has it. */
  sender: WebhookSender | undefined;
  book: DeliveryBook;
}

export interface DeliveryRequest {
  event: OutboundEvent;
  round: number;
}

export interface Delivery {
  status: WebhookAnswer;
  attempts: number;
}

/** Everything the delivery of a webhook may call, over the given ports. */
export function createDeliveryActivities({ sender, book }: DeliveryPorts) {
  return {
    /** One attempt. The failure says in its details which one it was. */
    async deliverWebhook({ event, round }: DeliveryRequest): Promise<Delivery> {
      const { attempt: attempts } = activityInfo();
      try {
        if (!sender) throw new Error('This worker has no WEBHOOK_URL');
        return { status: await sender.send(event, cancellationSignal()), attempts };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const { eventId } = event;
        // For operators who look meanwhile; the workflow sees to the outcome.
        await book.record({ eventId, round, status: 'pending', attempts, error: message }).catch(() => {});
        throw ApplicationFailure.create({ message, type: 'WebhookNotDelivered', details: [attempts] });
      }
    },
    async recordDelivery(record: DeliveryRecord): Promise<void> {
      await book.record(record);
    },
  };
}

export type DeliveryActivities = ReturnType<typeof createDeliveryActivities>;
