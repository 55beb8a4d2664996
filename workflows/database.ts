import { log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { CartActivities } from '../activities/index.ts';

type DatabaseActivities = Pick<CartActivities, 'saveCart' | 'loadCart' | 'priceItems' | 'placeOrder'>;

export interface DatabaseCalls extends DatabaseActivities {
  /** A local activity is under way: until it ends, nothing may be decided. */
  readonly busy: boolean;
}

const local = proxyLocalActivities<DatabaseActivities>({
  startToCloseTimeout: '2s',
  scheduleToCloseTimeout: '3s',
  retry: { maximumAttempts: 2 },
});

const durable = proxyActivities<DatabaseActivities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/**
 * Calls to our own Postgres: a local activity first (no server round trip, one history event), and when that
 * fails within seconds a normal one that is retried until Postgres is back. They never fail a cart.
 *
 * A replay does not repeat in which order local activities have ended, nor what else came in before one ended:
 * so they take turns, and the main loop waits while one is under way. A test replays what its carts went through.
 */
export function createDatabaseCalls(): DatabaseCalls {
  const lane = createLane();

  async function call<T>(first: () => Promise<T>, then: () => Promise<T>): Promise<T> {
    try {
      return await lane.run(first);
    } catch (error) {
      log.warn('Postgres did not answer at once, retrying until it does', { error });
      return await then();
    }
  }

  return {
    get busy() {
      return lane.taken;
    },
    saveCart: (save) =>
      call(
        () => local.saveCart(save),
        () => durable.saveCart(save),
      ),
    loadCart: (cartId) =>
      call(
        () => local.loadCart(cartId),
        () => durable.loadCart(cartId),
      ),
    priceItems: (names) =>
      call(
        () => local.priceItems(names),
        () => durable.priceItems(names),
      ),
    placeOrder: (placement) =>
      call(
        () => local.placeOrder(placement),
        () => durable.placeOrder(placement),
      ),
  };
}

function createLane() {
  const waiting: (() => void)[] = [];
  let taken = false;
  return {
    get taken() {
      return taken;
    },
    async run<T>(call: () => Promise<T>): Promise<T> {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve));
      taken = true;
      try {
        return await call();
      } finally {
        const next = waiting.shift();
        // The turn passes on without a gap that a third caller could slip into.
        if (next) next();
        else taken = false;
      }
    },
  };
}
