/** The service understood the request and will never take it: trying again cannot help. */
export class ReservationRequestError extends Error {
  override name = 'ReservationRequestError';
}

/** No final answer: the call may or may not have taken effect. Safe to repeat under the same key. */
export class ReservationUnreachableError extends Error {
  override name = 'ReservationUnreachableError';
}
