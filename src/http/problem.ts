import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { explain, type Rejection } from '../domain/rejections.ts';

/** Every way a request can fail: the one table of code → status. Documented in docs/errors.md. */
export const problems = {
  malformed_request: { status: 400, title: 'The request cannot be read' },
  invalid_input: { status: 422, title: 'The input is not valid' },
  session_not_found: { status: 404, title: 'There is no such session' },
  route_not_found: { status: 404, title: 'There is no such resource' },
  method_not_allowed: { status: 405, title: 'The resource does not take this method' },
  item_not_found: { status: 404, title: 'The cart has no such item' },
  cart_full: { status: 409, title: 'The cart is full' },
  quantity_limit: { status: 409, title: 'The quantity is above the limit of a line' },
  units_limit: { status: 409, title: 'The cart holds too many units' },
  unknown_product: { status: 422, title: 'The catalogue has no such product' },
  cart_empty: { status: 409, title: 'The cart is empty' },
  cart_completed: { status: 409, title: 'The cart has become an order' },
  checkout_in_progress: { status: 409, title: 'The cart is being checked out' },
  no_checkout: { status: 409, title: 'There is no checkout to give up' },
  checkout_cancelled: { status: 409, title: 'The checkout was given up' },
  items_unavailable: { status: 409, title: 'Some items cannot be had' },
  reservations_pending: { status: 409, title: 'The reservations took too long' },
  price_changed: { status: 409, title: 'Prices have changed' },
  order_already_paid: { status: 409, title: 'An earlier order of the cart was paid' },
  version_not_found: { status: 404, title: 'The cart has no such version' },
  order_not_found: { status: 404, title: 'There is no such order' },
  unauthorized: { status: 401, title: 'The admin token is missing or wrong' },
  invalid_signature: { status: 401, title: 'The webhook is not signed by the payment service' },
  payment_mismatch: { status: 422, title: 'The payment does not match its order' },
  webhook_not_found: { status: 404, title: 'There is no such webhook' },
  webhook_delivered: { status: 409, title: 'The webhook has been delivered' },
  version_mismatch: { status: 412, title: 'The cart is at another version' },
  request_in_progress: { status: 409, title: 'The request is being answered' },
  idempotency_key_reused: { status: 422, title: 'The idempotency key belongs to another request' },
  too_many_streams: { status: 429, title: 'The cart has too many live streams' },
  streams_full: { status: 503, title: 'There is no room for another live stream just now' },
  unsupported_media_type: { status: 415, title: 'The body has a type that is not taken' },
  body_too_large: { status: 413, title: 'The body is too large' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  not_accepted: { status: 503, title: 'It is not known whether the command was stored' },
  unavailable: { status: 503, title: 'Carts cannot be read just now' },
} as const satisfies Record<string, { status: ContentfulStatusCode; title: string }>;

export type ProblemCode = keyof typeof problems;

/** RFC 9457. `errors` names every field that is wrong, by JSON Pointer. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  requestId?: string;
  errors?: FieldError[];
  /** When trying again may help; also sent as `Retry-After`. */
  retryAfterSeconds?: number;
  [extension: string]: unknown;
}

export interface FieldError {
  pointer: string;
  detail: string;
}

/** What the `type` URI of a code ends with: `GET /problems/{slug}` resolves it. */
export const slugOf = (code: ProblemCode): string => code.replaceAll('_', '-');

export function toProblem(code: ProblemCode, detail: string, extensions: object = {}): ProblemDetails {
  const { status, title } = problems[code];
  return { type: `/problems/${slugOf(code)}`, title, status, code, detail, ...extensions };
}

export function rejectionToProblem(rejection: Rejection): ProblemDetails {
  const { code, ...facts } = rejection;
  return toProblem(code, explain(rejection), facts);
}

/** Answers with a problem; `Retry-After` where trying again is what helps. */
export function sendProblem(c: Context, problem: ProblemDetails): Response {
  const requestId = c.get('requestId') as string | undefined;
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  const retryAfter = problem.retryAfterSeconds ?? (isPassing(problem) ? 1 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  const body = JSON.stringify(requestId ? { ...problem, requestId } : problem);
  return c.body(body, problem.status as ContentfulStatusCode, headers);
}

/** Over within a second, as a rule. */
const isPassing = ({ status, code }: ProblemDetails): boolean =>
  status === 503 || code === 'request_in_progress';

/** Thrown where a handler cannot go on; the app's error handler answers with it. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
  }
}

export const fail = (code: ProblemCode, detail: string, options?: ErrorOptions): ProblemError =>
  new ProblemError(toProblem(code, detail), options);
