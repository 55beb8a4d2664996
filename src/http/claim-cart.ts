import type { Cart } from '../domain/cart.ts';
import { receiveOperationId, type ClaimCart } from '../domain/commands.ts';
import type { CutOff } from '../domain/merge-lines.ts';
import type { CartFeed } from '../read-model/cart-feed.ts';
import type { CartViews } from '../read-model/cart-views.ts';
import type { ClaimReceipt, ClaimViews } from '../read-model/claim-views.ts';
import { orUndefined } from './or-undefined.ts';
import type { Submission, SubmissionResult, SubmitCommand } from './submit-command.ts';
import { watchFor } from './watch-for.ts';

type ClaimSubmission = Submission & { command: ClaimCart };

/** `handing-over`: the session is over, and the user's cart is sure to receive what was in its cart, by this operation. */
export type ClaimResult =
  | Exclude<SubmissionResult, { status: 'applied' }>
  | { status: 'claimed'; cart: Cart | undefined; cutOff: readonly CutOff[] }
  | { status: 'handing-over'; operationId: string };

export interface ClaimDeps {
  submit: SubmitCommand;
  claims: ClaimViews;
  views: CartViews;
  feed: Pick<CartFeed, 'connected' | 'watch'>;
}

/** Two carts have their say: the guest's hands over, and then the user's has to be seen to have it. */
export function createClaim({ submit, claims, views, feed }: ClaimDeps) {
  return async function claim(submission: ClaimSubmission): Promise<ClaimResult> {
    const giveUpAt = performance.now() + submission.waitMs;
    const result = await submit(submission);
    if (result.status !== 'applied') return result;
    const { toCartId } = submission.command;
    const fromCartId = submission.cartId;
    const look = () => orUndefined(claims.findReceipt({ fromCartId, toCartId }));
    const operationId = receiveOperationId(fromCartId);
    const waitMs = giveUpAt - performance.now();
    const receipt = isEmpty(result.cart)
      ? nothing
      : await watchFor<ClaimReceipt>({ feed, operationId, waitMs, start: look, look });
    if (!receipt) return { status: 'handing-over', operationId };
    return { status: 'claimed', cart: await views.findCart(toCartId), cutOff: receipt.cutOff };
  };
}

export type Claim = ReturnType<typeof createClaim>;

const nothing: ClaimReceipt = { cutOff: [] };

const isEmpty = (cart: Cart | undefined): boolean => cart?.status === 'claimed' && cart.moved.lines === 0;
