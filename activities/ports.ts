import type { Price } from '../src/domain/commands.ts';
import type { CartSave, StoredCart } from '../src/domain/persistence.ts';

/** One hold asked of the reservation service. `key` makes the call safe to repeat. */
export interface ReserveEntry {
  key: string;
  item: string;
  quantity: number;
}

/** What the service answered for one entry: a refusal is an answer, not an error. */
export type ReserveResult =
  | { key: string; status: 'reserved'; reservationId: string }
  | { key: string; status: 'unavailable'; reason: string };

export interface AdjustRequest {
  key: string;
  reservationId: string;
  quantity: number;
}

export type AdjustResult = { status: 'adjusted' } | { status: 'unavailable'; reason: string };

/** A hold by its id when known, by its key when the outcome of the reservation is not. */
export type HoldRef = { by: 'id'; reservationId: string } | { by: 'key'; key: string };

/**
 * The reservation service. Answers may take 30 s and more; every call is idempotent.
 * Anything but a final answer is thrown: retryable unless it is a `ReservationRequestError`.
 */
export interface ReservationService {
  reserve(entries: readonly ReserveEntry[], signal: AbortSignal): Promise<ReserveResult[]>;
  adjust(request: AdjustRequest, signal: AbortSignal): Promise<AdjustResult>;
  release(hold: HoldRef, signal: AbortSignal): Promise<void>;
}

/** Where carts are kept for querying, and for the cart's next life. */
export interface CartStore {
  save(save: CartSave): Promise<void>;
  load(cartId: string): Promise<StoredCart | undefined>;
}

/** Where prices come from. A name the shop does not sell is `unknown`, or free of charge in an open catalogue. */
export interface Catalog {
  prices(names: readonly string[]): Promise<Record<string, Price>>;
}
