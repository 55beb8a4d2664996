/** What happened to a cart: the facts that `evolve` folds into its state. */
export type Fact =
  | { type: 'CartOpened'; cartId: string; currency: string; ttlMs: number }
  | { type: 'ItemAdded'; itemId: string; name: string; quantity: number; unitPriceMinor: number }
  | { type: 'ItemQuantityChanged'; itemId: string; quantity: number }
  | { type: 'ItemRemoved'; itemId: string }
  | { type: 'CartAbandoned' }
  | { type: 'CartResumed' }
  | { type: 'ReservationRequested'; key: string; itemId: string; item: string; quantity: number }
  | { type: 'ReservationConfirmed'; key: string; reservationId: string }
  | { type: 'ReservationRefused'; key: string; reason: string }
  /** No answer within the whole retry budget: the hold is released by its key, in case it stands. */
  | { type: 'ReservationFailed'; key: string; reason: string }
  | { type: 'AdjustmentRequested'; key: string; quantity: number }
  | { type: 'AdjustmentConfirmed'; key: string }
  | { type: 'AdjustmentRefused'; key: string; reason: string }
  | { type: 'AdjustmentFailed'; key: string; reason: string }
  | { type: 'ReleaseRequested'; key: string; itemId: string; item: string; reservationId: string | null }
  | { type: 'ReleaseConfirmed'; key: string };

/** A fact with its place in the cart's history. `operationId` is null for what the service did by itself. */
export type CartEvent = Fact & { version: number; at: number; operationId: string | null };
