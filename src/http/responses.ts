import { isLeft, type Cart, type LeftCart } from '../domain/cart.ts';
import { emptyCartView, toCartView, type CartView } from '../domain/cart-view.ts';
import type { RecordedOperation } from '../read-model/cart-views.ts';
import { etagOf } from './etag.ts';
import { ProblemError, rejectionToProblem, sendProblem, toProblem } from './problem.ts';
import type { SubmissionResult } from './submit-command.ts';
import type { AppContext } from './types.ts';

type SeenCart = Exclude<Cart, LeftCart>;
type LeftStatus = LeftCart['status'];

/** A session whose cart was claimed is over: whatever is asked of it, there is none. */
export function requireSeen<C extends Pick<Cart, 'status'>>(
  cart: C,
): asserts cart is Exclude<C, { status: LeftStatus }> {
  if (isLeft(cart)) throw new ProblemError(rejectionToProblem({ code: 'session_not_found' }));
}

/** The cart a session sees; one that has put nothing in yet sees an empty cart. */
export function viewOf(
  cart: Cart | undefined,
  cartId: string,
  currency: string,
): CartView<SeenCart['status']> {
  if (!cart) return emptyCartView(cartId, currency);
  requireSeen(cart);
  return toCartView(cart);
}

/**
 * What the client hears of its command: the cart, the reason it was refused, or where to ask later.
 * Typed `never`, which fits every route: `commandResponses` documents what is sent.
 */
export function sendResult(c: AppContext, result: SubmissionResult, options: ResultOptions): never {
  return toResponse(c, result, options) as never;
}

interface ResultOptions {
  currency: string;
  created?: boolean;
}

/** Tells a client that its command was decided by an earlier request. What comes with it is as it is now. */
export function markReplayed(c: AppContext, result: SubmissionResult) {
  if ('replayed' in result && result.replayed) c.header('Idempotent-Replayed', 'true');
}

function toResponse(c: AppContext, result: SubmissionResult, options: ResultOptions): Response {
  markReplayed(c, result);
  switch (result.status) {
    case 'applied': {
      const cart = viewOf(result.cart, c.get('cartId'), options.currency);
      c.header('ETag', etagOf(cart.version));
      if (options.created) c.header('Location', `${c.get('basePath')}/items`);
      return c.json(cart, options.created ? 201 : 200);
    }
    case 'rejected':
      return sendProblem(c, rejectionToProblem(result.rejection));
    case 'pending':
      c.header('Location', `${c.get('basePath')}/operations/${result.operationId}`);
      c.header('Retry-After', '1');
      return c.json({ operationId: result.operationId, status: 'pending' as const }, 202);
    case 'in_progress': {
      const detail =
        'A request with this Idempotency-Key is being answered. Repeat this one after Retry-After.';
      return sendProblem(c, toProblem('request_in_progress', detail));
    }
  }
}

const orderOf = ({ orderId }: { orderId?: string }) => (orderId === undefined ? {} : { orderId });

export function toOperationView({ operationId, result }: RecordedOperation) {
  return result.status === 'applied'
    ? { operationId, status: 'applied' as const, version: result.version, ...orderOf(result) }
    : { operationId, status: 'rejected' as const, problem: rejectionToProblem(result.rejection) };
}
