import { cancellationSignal } from '@temporalio/activity';
import type {
  AdjustRequest,
  AdjustResult,
  HoldRef,
  ReservationService,
  ReserveEntry,
  ReserveResult,
} from './ports.ts';
import { orGiveUp, whileHeartbeating } from './slow-call.ts';

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
    /** Whatever goes wrong is retried: what is paid has to be sold. */
    async commit(reservationId: string): Promise<'committed' | 'gone'> {
      return await whileHeartbeating(() => reservations.commit(reservationId, cancellationSignal()));
    },
  };
}
