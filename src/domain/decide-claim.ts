import { isFrozen, isLeft, type Cart } from './cart.ts';
import type { ClaimCart, Command, ReceiveLines } from './commands.ts';
import { accept, reject, type Decision } from './decision.ts';
import type { Fact } from './events.ts';
import { linesToMergeInto, mergeLines } from './merge-lines.ts';

/** Its outcome is known when the user's cart has what is in this one. An empty cart has nothing to hand over. */
export function startClaim(cart: Cart, claim: ClaimCart): Decision {
  const { toCartId } = claim;
  const started: Fact = { ...claim, type: 'ClaimStarted' };
  return cart.lines.length === 0
    ? accept([started, { type: 'CartClaimed', toCartId }])
    : { status: 'deferred', facts: [started] };
}

/** Asked again: the same for the user who has claimed it; to anybody else there is no such session. */
export function claimAgain(cart: Cart, command: Command): Decision {
  if (command.type !== 'claim' || !isLeft(cart) || cart.toCartId !== command.toCartId) {
    return reject({ code: 'session_not_found' });
  }
  return cart.status === 'claiming' ? { status: 'deferred', facts: [] } : accept([]);
}

/** Never refused for its size: what there is no room for is cut off, and released when the rest is safe. */
export function receiveLines(cart: Cart, command: ReceiveLines, now: number): Decision {
  const { type: _, ...received } = command;
  const { cutOff } = mergeLines(linesToMergeInto(cart), received, now);
  return accept([{ type: 'LinesReceived', ...received, cutOff }]);
}

/** What has waited for the end of a checkout comes into the cart: into its next life where it has become an order. */
export function mergeWaiting(cart: Cart): Fact[] {
  if (!cart.waiting || isFrozen(cart)) return [];
  if (cart.status === 'completed') return [{ type: 'CartRenewed' }];
  return [{ type: 'LinesMerged', cutOff: mergeLines(cart.lines, cart.waiting, cart.updatedAt).cutOff }];
}
