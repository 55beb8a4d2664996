import type { CartStatus } from './cart.ts';
import type { CommandType } from './commands.ts';

/**
 * What a command does in each status.
 * `apply`: decided by the cart's rules. `resume`: the cart becomes active again, then as `apply`.
 * `abandon`: the idle time ran out. `ignore`: nothing to do.
 */
export type Transition = 'apply' | 'resume' | 'abandon' | 'ignore';

export const transitions: Readonly<Record<CartStatus, Readonly<Record<CommandType, Transition>>>> = {
  active: {
    addItem: 'apply',
    changeQuantity: 'apply',
    removeItem: 'apply',
    clearItems: 'apply',
    expire: 'abandon',
  },
  abandoned: {
    addItem: 'resume',
    changeQuantity: 'resume',
    removeItem: 'resume',
    clearItems: 'resume',
    expire: 'ignore',
  },
};
