import type { CartStatus } from './cart.ts';
import type { CommandType } from './commands.ts';

/**
 * What a command does in each status.
 * `apply`: decided by the rules of the cart. `resume`: the cart becomes active again, then as `apply`.
 * `renew`: the cart's next life starts empty, then as `apply`. `join`: same outcome as the checkout under way.
 * `existing`: answered with the order that there is. `claim-again`: same outcome for the user who has claimed it.
 * `keep`: received, and merged when the checkout is over. `give-up`: the checkout ends, the cart is active again.
 * `settle`: decided by the order that was paid or not. `abandon`: the idle time ran out.
 * `refuse`: rejected. `ignore`: nothing to do.
 */
export type Transition =
  | 'apply'
  | 'resume'
  | 'renew'
  | 'join'
  | 'existing'
  | 'claim-again'
  | 'keep'
  | 'give-up'
  | 'settle'
  | 'abandon'
  | 'refuse'
  | 'ignore';

export const transitions: Readonly<Record<CartStatus, Readonly<Record<CommandType, Transition>>>> = {
  active: {
    addItem: 'apply',
    changeQuantity: 'apply',
    removeItem: 'apply',
    clearItems: 'apply',
    touch: 'apply',
    checkout: 'apply',
    cancelCheckout: 'refuse',
    claim: 'apply',
    receive: 'apply',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'abandon',
  },
  checking_out: {
    addItem: 'refuse',
    changeQuantity: 'refuse',
    removeItem: 'refuse',
    clearItems: 'refuse',
    touch: 'ignore',
    checkout: 'join',
    cancelCheckout: 'give-up',
    claim: 'refuse',
    receive: 'keep',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'give-up',
  },
  awaiting_payment: {
    addItem: 'refuse',
    changeQuantity: 'refuse',
    removeItem: 'refuse',
    clearItems: 'refuse',
    touch: 'ignore',
    checkout: 'existing',
    cancelCheckout: 'give-up',
    claim: 'refuse',
    receive: 'keep',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'give-up',
  },
  completed: {
    addItem: 'renew',
    changeQuantity: 'refuse',
    removeItem: 'refuse',
    clearItems: 'renew',
    touch: 'ignore',
    checkout: 'existing',
    cancelCheckout: 'refuse',
    claim: 'renew',
    receive: 'renew',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'ignore',
  },
  abandoned: {
    addItem: 'resume',
    changeQuantity: 'resume',
    removeItem: 'resume',
    clearItems: 'resume',
    touch: 'ignore',
    checkout: 'resume',
    cancelCheckout: 'refuse',
    claim: 'resume',
    receive: 'resume',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'ignore',
  },
  claiming: {
    addItem: 'refuse',
    changeQuantity: 'refuse',
    removeItem: 'refuse',
    clearItems: 'refuse',
    touch: 'ignore',
    checkout: 'refuse',
    cancelCheckout: 'refuse',
    claim: 'claim-again',
    receive: 'refuse',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'ignore',
  },
  claimed: {
    addItem: 'refuse',
    changeQuantity: 'refuse',
    removeItem: 'refuse',
    clearItems: 'refuse',
    touch: 'ignore',
    checkout: 'refuse',
    cancelCheckout: 'refuse',
    claim: 'claim-again',
    receive: 'refuse',
    paymentSucceeded: 'settle',
    paymentFailed: 'settle',
    expire: 'ignore',
  },
};
