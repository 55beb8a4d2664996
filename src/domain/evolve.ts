import type { Cart } from './cart.ts';
import { actorOf, type CartEvent, type Cause, type Fact } from './events.ts';
import { evolveClaim } from './evolve-claim.ts';
import { evolveHolds } from './evolve-holds.ts';
import { evolveLines } from './evolve-lines.ts';
import { opened, renewed, resumed } from './evolve-life.ts';
import { evolveOrders } from './evolve-orders.ts';

/** The cart after one event. The first event of every cart is `CartOpened`. */
export function evolve(cart: Cart | undefined, event: CartEvent): Cart {
  if (event.type === 'CartOpened') return opened(event);
  if (!cart) throw new Error(`A cart's history starts with CartOpened, not ${event.type}`);
  const changed = change(cart, event);
  // Only what a shopper does, and the return from a checkout, moves the deadline.
  const moves = actorOf(event) === 'shopper' || (changed.status === 'active' && cart.status !== 'active');
  const expiresAt = moves ? event.at + changed.ttlMs : changed.expiresAt;
  return { ...changed, version: event.version, updatedAt: event.at, expiresAt };
}

/** Numbers the facts, stamps them and folds them in. */
export function record(
  cart: Cart,
  facts: readonly Fact[],
  cause: Cause,
): { cart: Cart; events: CartEvent[] } {
  const events = facts.map((fact, index): CartEvent => ({
    ...fact,
    version: cart.version + index + 1,
    ...cause,
  }));
  return { cart: events.reduce<Cart>(evolve, cart), events };
}

function change(cart: Cart, event: Exclude<CartEvent, { type: 'CartOpened' }>): Cart {
  switch (event.type) {
    case 'CartTouched':
      return cart;
    case 'CartTtlChanged':
      return { ...cart, ttlMs: event.ttlMs };
    case 'CartAbandoned':
      return { ...cart, status: 'abandoned', abandonedAt: event.at };
    case 'CartResumed':
      return resumed(cart, event.at);
    case 'CartRenewed':
      return renewed(cart);
    case 'ItemAdded':
    case 'ItemQuantityChanged':
    case 'ItemRepriced':
    case 'ItemRemoved':
      return evolveLines(cart, event);
    case 'ClaimStarted':
    case 'CartClaimed':
    case 'LinesReceived':
    case 'LinesMerged':
      return evolveClaim(cart, event);
    case 'CheckoutStarted':
    case 'CheckoutRejected':
    case 'OrderRequested':
    case 'OrderRefused':
    case 'OrderPlaced':
    case 'PaymentRequested':
    case 'OrderPaid':
    case 'OrderPaymentFailed':
    case 'OrderExpired':
    case 'OrderCancelled':
    case 'PaymentCancelled':
    case 'RefundRequested':
    case 'PaymentRefunded':
      return evolveOrders(cart, event);
    default:
      return evolveHolds(cart, event);
  }
}
