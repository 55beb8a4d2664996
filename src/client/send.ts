import { CartProblemError, problemOf, UnreachableError } from './errors.ts';
import { backoffMs, pause, retryAfterMs } from './pause.ts';

export interface SendOptions {
  fetch: typeof fetch;
  /** How often a request is sent before it is given up. */
  attempts: number;
  /** Who asks, as headers; asked for before each attempt, since a token is renewed now and then. */
  identify?: Identify;
}

export type Identify = () => Record<string, string> | Promise<Record<string, string>>;

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Too many, away, or the same key is being answered: in each case the same request succeeds later. */
const worthRetrying = (status: number, code: string): boolean =>
  [429, 502, 503, 504].includes(status) || code === 'request_in_progress';

/**
 * Sends until there is an answer. A request without one is sent again as it was: commands carry their
 * Idempotency-Key, so that nothing is done twice.
 */
export function createSend({ fetch, attempts, identify = () => ({}) }: SendOptions) {
  return async function send({ method, url, headers, body, signal }: Request): Promise<Response> {
    const init: RequestInit = { method, signal: signal ?? null };
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    if (body !== undefined) init.body = JSON.stringify(body);
    for (let attempt = 1; ; attempt += 1) {
      init.headers = { ...headers, ...content, ...(await identify()) };
      const answer = await fetch(url, init).catch((error: unknown) => {
        signal?.throwIfAborted();
        return new UnreachableError(`${method} got no answer`, { cause: error });
      });
      if (answer instanceof Response && answer.ok) return answer;
      const failure = answer instanceof Response ? new CartProblemError(await problemOf(answer)) : answer;
      const again = failure instanceof UnreachableError || worthRetrying(failure.status, failure.code);
      if (!again || attempt >= attempts) throw failure;
      const asked = answer instanceof Response ? retryAfterMs(answer) : undefined;
      await pause(asked ?? backoffMs(attempt), signal);
    }
  };
}

export type Send = ReturnType<typeof createSend>;
