import { ActivityCancellationType, log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';
import type { CartSettings } from './cart.messages.ts';

type LocalActivities = Pick<CartActivities, 'saveCart' | 'loadCart' | 'priceItems'>;

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
};

async function withFallback<T>(first: () => Promise<T>, then: () => Promise<T>): Promise<T> {
  try {
    return await first();
  } catch (error) {
    log.warn('Postgres did not answer at once, retrying until it does', { error });
    return await then();
  }
}

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
