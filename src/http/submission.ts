import type { ShopperCommand } from '../domain/commands.ts';
import { fail } from './problem.ts';
import { waitFromPrefer, type WaitBounds } from './prefer.ts';
import type { Submission } from './submit-command.ts';
import type { AppContext } from './types.ts';

const maxKeyLength = 255;

/** A command with what the request's headers say about it. */
export function toSubmission(
  c: AppContext,
  command: ShopperCommand,
  options: { payload: unknown; wait: WaitBounds },
): Submission {
  const idempotencyKey = c.req.header('Idempotency-Key');
  if (idempotencyKey !== undefined && (idempotencyKey === '' || idempotencyKey.length > maxKeyLength)) {
    throw fail('malformed_request', `Idempotency-Key must have 1 to ${maxKeyLength} characters.`);
  }
  const waitMs = waitFromPrefer(c.req.header('Prefer'), options.wait);
  return {
    cartId: c.get('cartId'),
    address: c.get('address'),
    command,
    payload: options.payload,
    idempotencyKey,
    waitMs,
  };
}
