import { detailOf, printable, type ServiceAnswer } from './service-answers.ts';
import { ServiceRequestError, ServiceUnreachableError } from './service-errors.ts';

export interface ServiceCall {
  body?: unknown;
  key?: string;
  /** The 4xx that are an answer to this call rather than an error. */
  meaningful?: readonly number[];
  signal: AbortSignal;
}

export type CallService = (method: string, path: string, init: ServiceCall) => Promise<ServiceAnswer>;

/** Answers with a 4xx that are no verdict on the request: waiting helps. */
const retryableStatuses = new Set([408, 425, 429]);

/**
 * Sorts what comes back: an answer, a refusal that no retry can change (`ServiceRequestError`), or no final
 * answer (`ServiceUnreachableError`). An abort of the caller passes through untouched.
 */
export function createServiceCaller(baseUrl: string, fetch: typeof globalThis.fetch): CallService {
  const base = baseUrl.replace(/\/+$/, '');

  return async function call(method, path, init) {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (init.key !== undefined) headers['idempotency-key'] = init.key;
    const body = init.body === undefined ? null : JSON.stringify(init.body);
    const what = `${method} ${path.split('?')[0]}`;
    let response: Response;
    let answer: string;
    try {
      // Whoever the service would send us on to was not configured: keys and orders are not for them.
      const request = { method, headers, body, signal: init.signal, redirect: 'manual' } as const;
      response = await fetch(`${base}${path}`, request);
      answer = await response.text();
    } catch (error) {
      if (init.signal.aborted) throw error;
      throw new ServiceUnreachableError(`${what} got no answer`, { cause: error });
    }
    const { status } = response;
    if (response.ok || init.meaningful?.includes(status)) return { status, answer, what };
    const message = `${what} was answered ${status}: ${printable(detailOf(answer) ?? 'no detail')}`;
    const final = status >= 400 && status < 500 && !retryableStatuses.has(status);
    throw final ? new ServiceRequestError(message) : new ServiceUnreachableError(message);
  };
}
