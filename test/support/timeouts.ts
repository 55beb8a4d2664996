import { temporal } from '@temporalio/proto';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import type { Shop } from './shop.ts';
import { until } from './shopper.ts';

const { TimeoutType } = temporal.api.enums.v1;

/** Until Temporal has given up an attempt at this call because it took too long. */
export async function whenTimedOut(shop: Shop, cartId: string, activity: string): Promise<void> {
  const handle = shop.temporal.workflow.getHandle(cartWorkflowId(cartId));
  const pending = async () => (await handle.describe()).raw.pendingActivities ?? [];
  await until(pending, (calls) => calls.some((call) => hasTimedOut(call, activity)), 60_000, 250);
}

function hasTimedOut(
  { activityType, lastFailure }: temporal.api.workflow.v1.IPendingActivityInfo,
  activity: string,
): boolean {
  const timeout = lastFailure?.timeoutFailureInfo?.timeoutType;
  return activityType?.name === activity && timeout === TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;
}
