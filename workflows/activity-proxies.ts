import { ActivityCancellationType, log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';
import type { CartSettings } from './cart.messages.ts';

type LocalActivities = Pick<CartActivities, 'saveCart' | 'loadCart' | 'priceItems' | 'placeOrder'>;

const local = proxyLocalActivities<LocalActivities>({
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '3s',
  retry: { maximumAttempts: 2 },
});

const durable = proxyActivities<LocalActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Calls to our own Postgres: a local activity first (no server round trip, one history event), and when that
 * fails within seconds a normal one that is retried until Postgres is back. They never fail a cart.
 */
export const database: LocalActivities = {
  saveCart: (save) =>
    withFallback(
      () => local.saveCart(save),
      () => durable.saveCart(save),
    ),
  loadCart: (cartId) =>
    withFallback(
      () => local.loadCart(cartId),
      () => durable.loadCart(cartId),
    ),
  priceItems: (names) =>
    withFallback(
      () => local.priceItems(names),
      () => durable.priceItems(names),
    ),
  placeOrder: (placement) =>
    withFallback(
      () => local.placeOrder(placement),
      () => durable.placeOrder(placement),
    ),
};

async function withFallback<T>(first: () => Promise<T>, then: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    log.warn('Postgres did not answer at once, retrying until it does', { error });
    return await then();
  }
}

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
