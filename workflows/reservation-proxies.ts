import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';
import type { CartSettings } from './cart.messages.ts';

type ReservationActivities = Pick<CartActivities, 'reserve' | 'adjust' | 'release'>;

/** Calls to the reservation service: slow, heartbeating, cancellable, with a budget after which a line is `failed`. */
export function reservationProxies(settings: CartSettings) {
  const slow = {
    startToCloseTimeout: settings.reservationAttemptTimeoutMs,
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  } as const;
  const { reserve, adjust } = proxyActivities<ReservationActivities>({
    ...slow,
    scheduleToCloseTimeout: settings.reservationGiveUpAfterMs,
  });
  // What may be held must be let go: a release has no budget.
  const { release } = proxyActivities<ReservationActivities>(slow);
  return { reserve, adjust, release };
}
