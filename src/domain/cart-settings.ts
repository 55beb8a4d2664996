/** Fixed for a run of a cart: a change of configuration reaches it with its next life. */
export interface CartSettings {
  currency: string;
  /** Idle time before the cart is abandoned. */
  ttlMs: number;
  /** History events after which a run hands over to the next. */
  continueAsNewAfterEvents: number;
  /** One attempt at the reservation service: above its slowest sane answer. */
  reservationAttemptTimeoutMs: number;
  /** All attempts together, after which a line is `failed`. */
  reservationGiveUpAfterMs: number;
  /** One attempt at the payment service. Carts that were started before payments existed do not have it. */
  paymentAttemptTimeoutMs?: number;
  /** How long units may be held before they are let go. Carts that were started before there was a bound have none. */
  holdMaxAgeMs?: number;
  /**
   * Calls under way at once. The end of each is two events, and Temporal fails a workflow task behind which more than
   * 100 wait. Carts that were started before there was a bound have none.
   */
  callsAtMost?: number;
}
