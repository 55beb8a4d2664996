import { isLeft, type Cart } from './cart.ts';
import type { Command, Expire } from './commands.ts';
import { claimAgain, receiveLines, startClaim } from './decide-claim.ts';
import { giveUpCheckout, startCheckout } from './decide-checkout.ts';
import { addItem, changeQuantity, clearItems, removeItem } from './decide-lines.ts';
import { settlePayment } from './decide-payment.ts';
import { accept, reject, type Decision } from './decision.ts';
import type { Fact } from './events.ts';
import { renewed, resumed } from './evolve-life.ts';
import type { Rejection } from './rejections.ts';
import { transitions } from './transitions.ts';

/** What a command makes of a cart: the facts it adds, or the reason it is refused. `now` in ms since the epoch. */
export function decide(cart: Cart, command: Command, now: number): Decision {
  const transition = transitions[cart.status][command.type];
  switch (transition) {
    case 'apply':
    case 'keep':
      return apply(cart, command, now);
    case 'resume':
      return after({ type: 'CartResumed' }, apply(resumed(cart, now), command, now));
    case 'renew':
      return after({ type: 'CartRenewed' }, apply(renewed(cart), command, now));
    case 'join':
      return { status: 'deferred', facts: [] };
    case 'existing':
      return 'orderId' in cart ? accept([], cart.orderId) : reject({ code: 'no_checkout' });
    case 'claim-again':
      return claimAgain(cart, command);
    case 'give-up':
      return accept(giveUpCheckout(cart, command, now));
    case 'settle':
      return settlePayment(cart, command);
    case 'abandon':
      return accept(isDue(cart, command as Expire, now) ? [{ type: 'CartAbandoned' }] : []);
    case 'refuse':
      return reject(refusalOf(cart, command));
    case 'ignore':
      return accept([]);
  }
}

function apply(cart: Cart, command: Command, now: number): Decision {
  switch (command.type) {
    case 'addItem':
      return addItem(cart, command);
    case 'changeQuantity':
      return changeQuantity(cart, command);
    case 'removeItem':
      return removeItem(cart, command);
    case 'clearItems':
      return clearItems(cart);
    case 'touch':
      return accept([{ type: 'CartTouched' }]);
    case 'checkout':
      return startCheckout(cart, command, now);
    case 'claim':
      return startClaim(cart, command);
    case 'receive':
      return receiveLines(cart, command, now);
    case 'cancelCheckout':
    case 'paymentSucceeded':
    case 'paymentFailed':
    case 'expire':
      return accept([]);
  }
}

/** A refused command leaves the cart in the life that it was in. */
function after(fact: Fact, decision: Decision): Decision {
  return decision.status === 'rejected' ? decision : { ...decision, facts: [fact, ...decision.facts] };
}

const isDue = (cart: Cart, { early }: Expire, now: number): boolean => early || now >= cart.expiresAt;

function refusalOf(cart: Cart, command: Command): Rejection {
  if (isLeft(cart)) return { code: 'session_not_found' };
  if (command.type === 'cancelCheckout') return { code: 'no_checkout' };
  return { code: cart.status === 'completed' ? 'cart_completed' : 'checkout_in_progress' };
}
