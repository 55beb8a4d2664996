import { proxyActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';

/** Retried until Temporal has stored the command: what is handed over must not be lost on the way. */
export const durableInbox = proxyActivities<Pick<CartActivities, 'handOver'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});
