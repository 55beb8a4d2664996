/** The service understood the request and will never take it: trying again cannot help. */
export class ServiceRequestError extends Error {
  override name = 'ServiceRequestError';
}

/** No final answer: the call may or may not have taken effect. Safe to repeat under the same key. */
export class ServiceUnreachableError extends Error {
  override name = 'ServiceUnreachableError';
}
