import { isLeft, type Cart, type LeftCart } from '../domain/cart.ts';
import { emptyCartView, toCartView, type CartView } from '../domain/cart-view.ts';
import type { RecordedOperation } from '../read-model/cart-views.ts';
import { etagOf } from './etag.ts';
import { ProblemError, rejectionToProblem, sendProblem, toProblem } from './problem.ts';
import type { SubmissionResult } from './submit-command.ts';
import type { AppContext } from './types.ts';

type SeenCart = Exclude<Cart, LeftCart>;

/** A session whose cart was claimed is over: whatever is asked of it, there is none. */
export function requireSeen(cart: Cart): SeenCart {
  if (isLeft(cart)) throw new ProblemError(rejectionToProblem({ code: 'session_not_found' }));
  return cart;
}

/** The cart a session sees; one that has put nothing in yet sees an empty cart. */
export function viewOf(
  cart: Cart | undefined,
  cartId: string,
  currency: string,
): CartView<SeenCart['status']> {
  return cart ? toCartView(requireSeen(cart)) : emptyCartView(cartId, currency);
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

function toResponse(c: AppContext, result: SubmissionResult, options: ResultOptions): Response {
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
    case 'key_reused': {
      const detail = 'This Idempotency-Key was used for another request on this cart. Use a new key.';
      return sendProblem(c, toProblem('idempotency_key_reused', detail));
    }
  }
}

const orderOf = ({ orderId }: { orderId?: string }) => (orderId === undefined ? {} : { orderId });

export function toOperationView({ operationId, result }: RecordedOperation) {
  return result.status === 'applied'
    ? { operationId, status: 'applied' as const, version: result.version, ...orderOf(result) }
    : { operationId, status: 'rejected' as const, problem: rejectionToProblem(result.rejection) };
}
