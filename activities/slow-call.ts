import { ApplicationFailure, heartbeat } from '@temporalio/activity';

/** Well below the 15 s heartbeat timeout. */
const heartbeatIntervalMs = 4_000;

/** A request that the service will never take is not worth its retry budget. */
export async function orGiveUp<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === 'ServiceRequestError') {
      throw ApplicationFailure.fromError(error, { nonRetryable: true });
    }
    throw error;
  }
}

/** Tells Temporal that a slow call is alive, and so learns of its cancellation. */
export async function whileHeartbeating<T>(call: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, heartbeatIntervalMs);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
