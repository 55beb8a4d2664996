import { describe, expect, it } from 'vitest';
import type { Cart, CartStatus } from '../../src/domain/cart.ts';
import type { Command, CommandType } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { record } from '../../src/domain/evolve.ts';
import { transitions, type Transition } from '../../src/domain/transitions.ts';
import { aLine, claimBy } from '../support/claim-scenario.ts';
import {
  addItem,
  answer,
  checkout,
  given,
  held,
  item,
  notPaid,
  openedAt,
  ordered,
  paid,
  yes,
} from '../support/cart-scenario.ts';

const inOneDay = openedAt + 86_400_000;

/** A cart with one held line, led into each status. */
const carts: Record<CartStatus, () => Cart> = {
  active: () => held().cart,
  checking_out: () => given(addItem(item('apple', 2)), checkout()).cart,
  awaiting_payment: () => ordered().cart,
  completed() {
    const cartLog = ordered();
    cartLog.handle({ operationId: 'paid', fingerprint: '', command: paid('cart1-1') }, openedAt + 60_000);
    return cartLog.cart;
  },
  abandoned() {
    const cartLog = held();
    cartLog.tick(inOneDay);
    return cartLog.cart;
  },
  claiming: () => claimed().cart,
  claimed() {
    const cartLog = claimed();
    answer(cartLog, yes);
    return cartLog.cart;
  },
};

function claimed() {
  const cartLog = held();
  cartLog.handle({ operationId: 'claim', fingerprint: '', command: claimBy('user1') }, openedAt + 51_000);
  return cartLog;
}

const commands: Record<CommandType, Command> = {
  addItem: addItem(item('pear', 1)),
  changeQuantity: { type: 'changeQuantity', itemId: 'id-apple', quantity: 3 },
  removeItem: { type: 'removeItem', itemId: 'id-apple' },
  clearItems: { type: 'clearItems' },
  touch: { type: 'touch' },
  checkout: checkout(),
  cancelCheckout: { type: 'cancelCheckout' },
  claim: claimBy('user1'),
  receive: {
    type: 'receive',
    fromCartId: 'guest1',
    merge: 'sum',
    lines: [aLine('id-plum', 'plum')],
    holds: [],
  },
  paymentSucceeded: paid('cart1-1'),
  paymentFailed: notPaid('cart1-1'),
  expire: { type: 'expire', early: false },
};

type Outcome = { decided: string; facts: string[]; status: CartStatus };

function outcomeOf(cart: Cart, command: Command): Outcome {
  const decision = decide(cart, command, inOneDay);
  if (decision.status === 'rejected') {
    return { decided: decision.rejection.code, facts: [], status: cart.status };
  }
  const { facts } = decision;
  const after = record(cart, facts, { at: inOneDay, operationId: null, by: 'service' }).cart;
  return { decided: decision.status, facts: facts.map(({ type }) => type), status: after.status };
}

/** Where a command leads that does not leave the cart active. */
const ends: Partial<Record<CommandType, CartStatus>> = { checkout: 'checking_out', claim: 'claiming' };

/** What each transition promises, whatever the command: the facts that come first, and the status after. */
const promises: Record<Transition, (outcome: Outcome, before: CartStatus, command: CommandType) => void> = {
  apply({ decided, facts, status }, _before, command) {
    expect(decided).toBe(ends[command] ? 'deferred' : 'accepted');
    expect(facts).not.toEqual([]);
    expect(status).toBe(ends[command] ?? 'active');
  },
  resume({ facts, status }, _before, command) {
    expect(facts[0]).toBe('CartResumed');
    expect(facts.length).toBeGreaterThan(1);
    expect(status).toBe(ends[command] ?? 'active');
  },
  renew({ facts, status }, _before, command) {
    expect(facts[0]).toBe('CartRenewed');
    // What was sold is no longer in it: there is nothing to hand over.
    expect(status).toBe(command === 'claim' ? 'claimed' : 'active');
  },
  join: (outcome, before) => expect(outcome).toEqual({ decided: 'deferred', facts: [], status: before }),
  existing: (outcome, before) => expect(outcome).toEqual({ decided: 'accepted', facts: [], status: before }),
  'claim-again': (outcome, before) =>
    expect(outcome).toEqual({
      decided: before === 'claiming' ? 'deferred' : 'accepted',
      facts: [],
      status: before,
    }),
  keep: (outcome, before) =>
    expect(outcome).toEqual({ decided: 'accepted', facts: ['LinesReceived'], status: before }),
  'give-up'({ facts, status }) {
    expect(facts).toHaveLength(1);
    expect(facts[0]).toMatch(/^(CheckoutRejected|OrderCancelled|OrderExpired)$/);
    expect(status).toBe('active');
  },
  settle({ decided, facts, status }, before, command) {
    expect(decided).toBe('accepted');
    const table: Record<string, [string[], CartStatus]> = {
      // An order that the cart does not know, or that is over: the money goes back.
      'active paymentSucceeded': [['RefundRequested'], 'active'],
      'checking_out paymentSucceeded': [['RefundRequested'], 'checking_out'],
      'abandoned paymentSucceeded': [['RefundRequested'], 'abandoned'],
      'claiming paymentSucceeded': [['RefundRequested'], 'claiming'],
      'claimed paymentSucceeded': [['RefundRequested'], 'claimed'],
      'awaiting_payment paymentSucceeded': [['OrderPaid'], 'completed'],
      'awaiting_payment paymentFailed': [['OrderPaymentFailed'], 'active'],
    };
    expect([facts, status]).toEqual(table[`${before} ${command}`] ?? [[], before]);
  },
  abandon: ({ facts, status }) => expect([facts, status]).toEqual([['CartAbandoned'], 'abandoned']),
  refuse({ decided, facts }) {
    expect(decided).toMatch(/^(checkout_in_progress|cart_completed|no_checkout|session_not_found)$/);
    expect(facts).toEqual([]);
  },
  ignore: (outcome, before) => expect(outcome).toEqual({ decided: 'accepted', facts: [], status: before }),
};

describe('the transition table', () => {
  for (const status of Object.keys(transitions) as CartStatus[]) {
    for (const command of Object.keys(commands) as CommandType[]) {
      const transition = transitions[status][command];
      it(`${status} + ${command} → ${transition}`, () => {
        const cart = carts[status]();
        expect(cart.status).toBe(status);
        promises[transition](outcomeOf(cart, commands[command]), status, command);
      });
    }
  }
});
