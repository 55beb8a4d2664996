import type { PlacedOrder, PriceChange } from './order.ts';

/** How a call to another service ended. `failed`: no answer within its whole retry budget. */
export type EffectResult =
  | { status: 'reserved'; reservationId: string; expiresAt?: number }
  /** `expiresAt`: of an adjusted hold, ms since the epoch, where the service ends it by itself. */
  | { status: 'done'; expiresAt?: number }
  | { status: 'unavailable'; reason: string }
  /** The reservation service has ended the hold by itself. */
  | { status: 'gone' }
  | { status: 'placed'; order: PlacedOrder }
  | { status: 'repriced'; changes: readonly PriceChange[] }
  | { status: 'unknown_product'; names: readonly string[] }
  | { status: 'requested'; paymentId: string; url: string | null }
  | { status: 'refused'; reason: string }
  | { status: 'failed'; reason: string };
