/** Longer than an API waits for anything, shorter than a shopper's patience. */
const answerWithinMs = 15_000;

/** Sends each request to the next of the API processes, as a load balancer without health checks does. */
export function createFrontDoor(apiUrls: readonly string[]): typeof fetch {
  let sent = 0;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    url.host = new URL(apiUrls[sent++ % apiUrls.length] as string).host;
    const limit = AbortSignal.timeout(answerWithinMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, limit]) : limit;
    return await fetch(url, { ...init, signal });
  };
}
