import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';
import type { CartSettings } from '../src/domain/cart-settings.ts';

type ServiceActivities = Pick<
  CartActivities,
  'reserve' | 'adjust' | 'release' | 'commit' | 'requestPayment' | 'cancelPayment' | 'refundPayment'
>;

const defaultPaymentAttemptMs = 30_000;

/** Calls to the other services: slow, heartbeating, cancellable. */
export function serviceProxies(settings: CartSettings) {
  const slow = {
    heartbeatTimeout: '15s',
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  } as const;
  const startToCloseTimeout = settings.reservationAttemptTimeoutMs;
  // With a budget: after it a line is `failed`.
  const { reserve, adjust } = proxyActivities<ServiceActivities>({
    ...slow,
    startToCloseTimeout,
    scheduleToCloseTimeout: settings.reservationGiveUpAfterMs,
  });
  // Without: what may be held must be let go, and what is paid must be sold.
  const { release, commit } = proxyActivities<ServiceActivities>({ ...slow, startToCloseTimeout });
  const { requestPayment, cancelPayment, refundPayment } = proxyActivities<ServiceActivities>({
    ...slow,
    startToCloseTimeout: settings.paymentAttemptTimeoutMs ?? defaultPaymentAttemptMs,
  });
  return { reserve, adjust, release, commit, requestPayment, cancelPayment, refundPayment };
}
