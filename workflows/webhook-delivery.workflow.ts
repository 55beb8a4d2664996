import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  log,
  proxyActivities,
  setCurrentDetails,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { DeliveryActivities } from '../activities/delivery.activities.ts';
import type { WebhookDeliveryInput, WebhookDeliveryResult } from './webhook-delivery.messages.ts';

// A delivery may take days and never continues as new: pinned, it would keep old workers as long. On workers
// without a version a delivery that says so stands still.
const isVersioned = () => Boolean(workflowInfo().currentDeploymentVersion?.deploymentName);
setWorkflowOptions(
  () => (isVersioned() ? { versioningBehavior: 'AUTO_UPGRADE' } : {}),
  webhookDeliveryWorkflow,
);

/** Tells the receiver of one event, for as long as it takes or is worth it, and writes the outcome down. */
export async function webhookDeliveryWorkflow(input: WebhookDeliveryInput): Promise<WebhookDeliveryResult> {
  setCurrentDetails(toMarkdown(input, 'under way'));
  const result = await deliver(input);
  setCurrentDetails(toMarkdown(input, describe(result)));
  if (result.status !== 'delivered') log.warn('webhook not delivered', { ...result });
  // Also for one that an operator has cancelled: the outbox has to know.
  await CancellationScope.nonCancellable(() => record(input, result));
  return result;
}

async function deliver({
  event,
  round,
  giveUpAfterMs,
}: WebhookDeliveryInput): Promise<WebhookDeliveryResult> {
  const { eventId, type } = event;
  const { deliverWebhook } = proxyActivities<DeliveryActivities>({
    // Above the sender's own 15 s, so that what it has to say is heard.
    startToCloseTimeout: '20s',
    scheduleToCloseTimeout: giveUpAfterMs,
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '12h' },
  });
  try {
    const delivery = await deliverWebhook.executeWithOptions({ summary: type }, [{ event, round }]);
    return { eventId, ...delivery };
  } catch (error) {
    if (isCancellation(error))
      return { eventId, status: 'dead', attempts: 0, reason: 'Cancelled by an operator' };
    if (!(error instanceof ActivityFailure)) throw error;
    return { eventId, status: 'dead', ...lastAttempt(error) };
  }
}

async function record({ round }: WebhookDeliveryInput, result: WebhookDeliveryResult): Promise<void> {
  const { recordDelivery } = proxyActivities<DeliveryActivities>({
    startToCloseTimeout: '10s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
  });
  const { eventId, status, attempts } = result;
  const error = result.status === 'dead' ? result.reason : null;
  const entry = { eventId, round, status, attempts, error };
  await recordDelivery.executeWithOptions({ summary: describe(result) }, [entry]);
}

/** What the last attempt has said; when the time has run out, it is the cause of that. */
function lastAttempt(failure: Error): { attempts: number; reason: string } {
  if (failure instanceof ApplicationFailure) {
    return { attempts: Number(failure.details?.[0] ?? 0), reason: failure.message };
  }
  return failure.cause instanceof Error
    ? lastAttempt(failure.cause)
    : { attempts: 0, reason: failure.message };
}

const describe = (result: WebhookDeliveryResult): string =>
  result.status === 'dead'
    ? `dead after ${result.attempts} attempts: ${result.reason}`
    : `${result.status} at attempt ${result.attempts}`;

function toMarkdown({ event, round }: WebhookDeliveryInput, state: string): string {
  const again = round === 0 ? '' : ` · sent again, time ${round}`;
  const head = `**${event.type}** · ${state}${again}`;
  return `${head}\n\nEvent \`${event.eventId}\` of ${event.timestamp}, workflow of its cart: \`cart-${event.cartId}\``;
}
