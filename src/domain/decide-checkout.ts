import { standingHolds, type Cart, type Line } from './cart.ts';
import { draftOrder, isPlacing, liveOrder, type CheckingOut } from './cart-orders.ts';
import type { Command, StartCheckout } from './commands.ts';
import { removed } from './decide-lines.ts';
import { reject, type Decision } from './decision.ts';
import type { Fact } from './events.ts';
import type { Rejection } from './rejections.ts';

/** Its outcome is known when the order is placed or the checkout has failed. */
export function startCheckout(cart: Cart, command: StartCheckout, now: number): Decision {
  if (cart.lines.length === 0) return reject({ code: 'cart_empty' });
  const { onUnavailable, waitMs, payWithinMs } = command;
  const giveUpAt = now + waitMs;
  return {
    status: 'deferred',
    facts: [{ type: 'CheckoutStarted', onUnavailable, giveUpAt, payWithinMs }],
  };
}

/** The next step of the checkout under way, if it can be made. */
export function advanceCheckout(cart: Cart): Fact[] {
  if (cart.status !== 'checking_out' || isPlacing(cart)) return [];
  const refused = cart.lines.filter((line) => line.refusal);
  if (refused.length > 0) return withoutRefused(cart, refused);
  // An earlier checkout's order may still be on its way to the book: one after the other.
  return isHeld(cart) && !cart.pendingOrder ? [{ type: 'OrderRequested', draft: draftOrder(cart) }] : [];
}

/** The shopper, the clock or an operator ends what is under way. */
export function giveUpCheckout(cart: Cart, command: Command, now: number): Fact[] {
  const early = command.type === 'expire' && command.early;
  const abandoned: Fact[] = early ? [{ type: 'CartAbandoned' }] : [];
  const byHand = early || command.type === 'cancelCheckout';
  if (cart.status === 'checking_out') {
    if (byHand) return [rejected({ code: 'checkout_cancelled' }), ...abandoned];
    return !isPlacing(cart) && now >= cart.checkout.giveUpAt ? [rejected(stillPending(cart))] : [];
  }
  const order = liveOrder(cart);
  if (!order) return [];
  const { orderId, payBy } = order;
  if (byHand) return [{ type: 'OrderCancelled', orderId }, ...abandoned];
  return now >= payBy ? [{ type: 'OrderExpired', orderId }] : [];
}

const isHeld = (cart: Cart): boolean =>
  cart.lines.every(({ itemId, quantity }) => standingHolds(cart, itemId, quantity));

function withoutRefused({ checkout, lines }: CheckingOut, refused: readonly Line[]): Fact[] {
  if (checkout.onUnavailable === 'drop' && refused.length < lines.length) return refused.map(removed);
  const items = refused.map(({ itemId, name, quantity, refusal }) => ({
    itemId,
    name,
    quantity,
    reason: refusal?.reason ?? '',
  }));
  return [rejected({ code: 'items_unavailable', items })];
}

function stillPending(cart: Cart): Rejection {
  const pending = cart.lines.filter(({ itemId, quantity }) => !standingHolds(cart, itemId, quantity));
  return { code: 'reservations_pending', names: pending.map(({ name }) => name) };
}

const rejected = (rejection: Rejection): Fact => ({ type: 'CheckoutRejected', rejection });
