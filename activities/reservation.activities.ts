import { ApplicationFailure, cancellationSignal, heartbeat } from '@temporalio/activity';
import type {
  AdjustRequest,
  AdjustResult,
  HoldRef,
  ReservationService,
  ReserveEntry,
  ReserveResult,
} from './ports.ts';

/** Well below the 15 s heartbeat timeout. */
const heartbeatIntervalMs = 4_000;

export function createReservationActivities(reservations: ReservationService) {
  return {
    async reserve(entries: readonly ReserveEntry[]): Promise<ReserveResult[]> {
      return await orGiveUp(() =>
        whileHeartbeating(() => reservations.reserve(entries, cancellationSignal())),
      );
    },
    async adjust(request: AdjustRequest): Promise<AdjustResult> {
      return await orGiveUp(() =>
        whileHeartbeating(() => reservations.adjust(request, cancellationSignal())),
      );
    },
    /** Whatever goes wrong is retried: what may be held has to be let go. */
    async release(hold: HoldRef): Promise<void> {
      await whileHeartbeating(() => reservations.release(hold, cancellationSignal()));
    },
  };
}

/** A request that the service will never take is not worth its retry budget. */
async function orGiveUp<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === 'ReservationRequestError') {
      throw ApplicationFailure.fromError(error, { nonRetryable: true });
    }
    throw error;
  }
}

/** Tells Temporal that a slow call is alive, and so learns of its cancellation. */
async function whileHeartbeating<T>(call: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, heartbeatIntervalMs);
  try {
    return await call();
  } finally {
    clearInterval(timer);
  }
}
