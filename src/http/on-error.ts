import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { CartBusyError } from '../gateway/cart-busy.ts';
import { ProblemError, sendProblem, toProblem, type ProblemDetails } from './problem.ts';
import { NotAcceptedError } from './submit-command.ts';
import { cartIsBusy } from './too-many-requests.ts';
import type { AppContext } from './types.ts';

/** Answers what was thrown: what the client can mend says how, what it cannot says nothing of the inside. */
export function onError(logger: Logger) {
  return (error: Error, c: AppContext): Response => sendProblem(c, problemOf(error, c, logger));
}

function problemOf(error: Error, c: AppContext, logger: Logger): ProblemDetails {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof NotAcceptedError) {
    logger.warn({ requestId: c.get('requestId'), err: error }, 'command not stored');
    const { idempotencyKey } = error;
    const detail =
      'It is not known whether the command was stored. Repeat it with this Idempotency-Key: it is applied once.';
    return toProblem('not_accepted', detail, { idempotencyKey });
  }
  if (error instanceof CartBusyError) {
    logger.warn({ requestId: c.get('requestId'), err: error }, 'cart is busy');
    return cartIsBusy(error.retryAfterMs);
  }
  if (error instanceof HTTPException && error.status === 415) {
    return toProblem('unsupported_media_type', 'Send the body as JSON, with Content-Type: application/json.');
  }
  if (error instanceof HTTPException && error.status < 500) {
    return toProblem('malformed_request', error.message || 'The request cannot be read as JSON.');
  }
  if (isCutOff(error)) return toProblem('malformed_request', 'The body ended before it was whole.');
  logger.error({ requestId: c.get('requestId'), err: error }, 'request failed');
  return c.req.method === 'GET' || c.req.method === 'HEAD'
    ? toProblem('unavailable', 'The cart cannot be read just now. Try again shortly.')
    : toProblem('internal_error', 'The request failed. Report the requestId if it happens again.');
}

/** Node's error of a client that went away, or was cut off for being slow, in the middle of its body. No fault of ours. */
const isCutOff = (error: Error): boolean =>
  error.message === 'aborted' && (error as NodeJS.ErrnoException).code === 'ECONNRESET';
