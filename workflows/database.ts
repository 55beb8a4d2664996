import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';

/**
 * Local activities need no server round trip and one history event. But a query that arrives while one is under
 * way may make the SDK report its end in one workflow task and tell the workflow in the next, and a replay tells
 * it at once. So no command may follow from the end of one; `saving.ts` keeps to that.
 */
export const localDatabase = proxyLocalActivities<Pick<CartActivities, 'saveCart' | 'loadCart'>>({
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '3s',
  retry: { initialInterval: '100ms', maximumAttempts: 2 },
});

/** Normal activities, retried until Postgres answers: they never fail a cart. */
export const durableDatabase = proxyActivities<
  Pick<CartActivities, 'saveCart' | 'loadCart' | 'priceItems' | 'placeOrder'>
>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});
