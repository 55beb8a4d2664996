import type { ShopperCommand } from '../domain/commands.ts';
import { ifMatchFrom } from './etag.ts';
import { idempotencyKeyFrom } from './idempotency-key.ts';
import { waitFromPrefer, type WaitBounds } from './prefer.ts';
import type { Submission } from './submit-command.ts';
import type { AppContext } from './types.ts';

/** A command with what the request's headers say about it. */
export function toSubmission(
  c: AppContext,
  command: ShopperCommand,
  options: { payload: unknown; wait: WaitBounds },
): Submission {
  return {
    cartId: c.get('cartId'),
    address: c.get('address'),
    command,
    payload: options.payload,
    idempotencyKey: idempotencyKeyFrom(c.req.header('Idempotency-Key')),
    ifMatch: ifMatchFrom(c.req.header('If-Match')),
    waitMs: waitFromPrefer(c.req.header('Prefer'), options.wait),
  };
}
