import { describe, expect, it } from 'vitest';
import type { Facts } from '../../chaos/checks/facts.ts';
import { judge, type Finding } from '../../chaos/checks/index.ts';
import { mergeInto } from '../../chaos/checks/merge.ts';
import { underWay } from '../../chaos/checks/rest.ts';
import { applied, asked, event, factsInOrder } from './facts-in-order.ts';

interface Case {
  name: string;
  spoil: (facts: Facts) => unknown;
  found: Finding['check'][];
}

const again = (facts: Facts, at: number) => {
  const repeated = { ...facts.events[at]!, version: 5 };
  facts.events.splice(4, 0, repeated);
};

const cases: Case[] = [
  {
    name: 'an add that was answered and is not on record',
    spoil: ({ operations }) => operations.shift(),
    found: ['lost'],
  },
  {
    name: 'an add on record that is not in the history',
    spoil: ({ events }) => Object.assign(events[1]!, { type: 'CartTouched', operationId: null }),
    found: ['leaked', 'lost', 'read-model'],
  },
  {
    name: 'an add of another quantity than was asked',
    spoil: ({ journal }) => Object.assign(journal.commands[0]!, { quantity: 7 }),
    found: ['lost'],
  },
  {
    name: 'a rejection that is on record as another',
    spoil: ({ operations }) => Object.assign(operations[2]!, { code: 'cart_completed' }),
    found: ['lost'],
  },
  {
    name: 'a rejection that is not on record',
    spoil: ({ operations }) => operations.splice(2, 1),
    found: ['lost'],
  },
  {
    name: 'a checkout that was answered with another order',
    spoil: ({ operations }) => Object.assign(operations[4]!, { orderId: 'bought-2' }),
    found: ['lost'],
  },
  {
    name: 'a command with two outcomes',
    spoil: ({ operations }) =>
      operations.push({ ...operations[0]!, operationId: `${operations[0]!.operationId}x` }),
    found: ['doubled'],
  },
  {
    name: 'an add that is applied twice',
    spoil: (facts) => again(facts, 1),
    found: ['doubled', 'read-model', 'stock'],
  },
  {
    name: 'a rejected command that has an effect',
    spoil: ({ journal, operations }) => {
      Object.assign(journal.commands[5]!, { outcome: 'rejected', code: 'cart_full' });
      Object.assign(operations[5]!, { status: 'rejected', code: 'cart_full' });
    },
    found: ['doubled'],
  },
  {
    name: 'an add that nobody has asked for',
    spoil: ({ journal }) => journal.commands.shift(),
    found: ['doubled'],
  },
  {
    name: 'units held that no cart wants',
    spoil: ({ holds }) => Object.assign(holds[0]!, { quantity: 3 }),
    found: ['leaked'],
  },
  {
    name: 'a hold of a cart that nobody knows',
    spoil: ({ holds }) => holds.push({ ...holds[0]!, key: 'nobody.i1.1' }),
    found: ['leaked'],
  },
  {
    name: 'a hold of a line whose reservation was given up',
    spoil: ({ events, carts, runs }) => {
      events.splice(4, 0, event('used', 5, 'ReservationFailed', { data: { key: 'used.i1.1' } }));
      const refused = { refusal: { status: 'failed' } };
      for (const state of [carts[0]!.state, runs[0]!.state!]) {
        Object.assign(state, { version: 5 });
        Object.assign(state.lines[0]!, refused);
      }
      Object.assign(carts[0]!, { version: 5 });
    },
    found: ['leaked'],
  },
  {
    name: 'a line that is not held',
    spoil: ({ holds }) => Object.assign(holds[0]!, { state: 'released' }),
    found: ['stock'],
  },
  {
    name: 'units paid and not sold',
    spoil: ({ holds }) => Object.assign(holds[1]!, { state: 'released' }),
    found: ['stock'],
  },
  {
    name: 'units sold twice',
    spoil: ({ holds }) => holds.push({ ...holds[1]!, reservationId: 'r-other' }),
    found: ['stock'],
  },
  {
    name: 'stock below zero',
    spoil: ({ stock }) => Object.assign(stock, { fig: { available: -1 } }),
    found: ['stock'],
  },
  {
    name: 'a hold of an expired cart that stood for too long',
    spoil: ({ holds }) => Object.assign(holds[2]!, { endedAt: new Date(1_066_000).toISOString() }),
    found: ['late'],
  },
  {
    name: 'a hold of an expired cart that is still there',
    spoil: ({ holds }) => {
      const { endedAt: _, ...standing } = holds[2]!;
      holds[2] = { ...standing, state: 'held' };
    },
    found: ['late', 'leaked'],
  },
  {
    name: 'a cart that has expired and is not abandoned',
    spoil: (facts) => Object.assign(facts, { readAt: 2_000_000 }),
    found: ['late'],
  },
  {
    name: 'an order with another status than by the events',
    spoil: ({ orders }) => Object.assign(orders[0]!, { status: 'cancelled' }),
    found: ['money', 'orders', 'stock'],
  },
  {
    name: 'an order that the order book does not have',
    spoil: ({ orders }) => orders.pop(),
    found: ['money', 'orders', 'stock'],
  },
  {
    name: 'an order whose total is not that of its items',
    spoil: ({ orders, payments }) =>
      [orders, payments].map(([one]) => Object.assign(one!, { totalMinor: 151, amountMinor: 151 })),
    found: ['orders'],
  },
  {
    name: 'two open orders of one cart',
    spoil: ({ orders }) =>
      orders.push(
        ...['a', 'b'].map((orderId) => ({
          ...orders[0]!,
          orderId,
          cartId: 'used',
          status: 'awaiting_payment',
        })),
      ),
    found: ['money', 'orders'],
  },
  {
    name: 'an open order without its holds',
    spoil: ({ events, orders, holds }) => {
      events.splice(-7, 2);
      Object.assign(orders[0]!, { status: 'awaiting_payment' });
      Object.assign(holds[1]!, { state: 'released' });
    },
    found: ['money', 'orders', 'read-model', 'stock'],
  },
  {
    name: 'money taken twice for one order',
    spoil: ({ payments }) => payments.push({ ...payments[0]!, paymentId: 'p2' }),
    found: ['money'],
  },
  {
    name: 'money that was given back for a paid order',
    spoil: ({ payments }) => Object.assign(payments[0]!, { state: 'refunded', refundedMinor: 150 }),
    found: ['money'],
  },
  {
    name: 'a payment for an order that is not in the book',
    spoil: ({ payments }) => payments.push({ ...payments[0]!, paymentId: 'p2', orderId: 'nobody-1' }),
    found: ['money'],
  },
  {
    name: 'a row that is behind its workflow',
    spoil: ({ runs }) => Object.assign(runs[0]!.state!, { version: 5 }),
    found: ['read-model'],
  },
  {
    name: 'items that are not those of the state',
    spoil: ({ carts }) => Object.assign(carts[0]!.items[0]!, { quantity: 1 }),
    found: ['read-model'],
  },
  {
    name: 'an event that is missing',
    spoil: ({ events }) => events.splice(0, 1),
    found: ['leaked', 'read-model'],
  },
  {
    name: 'a workflow that has failed',
    spoil: ({ runs }) => Object.assign(runs[1]!, { status: 'FAILED' }),
    found: ['workflows'],
  },
  {
    name: 'a workflow whose task fails again and again',
    spoil: ({ runs }) =>
      Object.assign(runs[0]!, { taskAttempt: 9, problems: ['category=WorkflowTaskFailed'] }),
    found: ['workflows'],
  },
  {
    name: 'an open cart without a workflow',
    spoil: ({ runs }) => runs.shift(),
    found: ['workflows'],
  },
  {
    name: 'a workflow of a cart that is over',
    spoil: ({ runs, carts }) =>
      Object.assign(runs[2]!, { status: 'RUNNING', state: structuredClone(carts[2]!.state) }),
    found: ['workflows'],
  },
];

const checksOf = (facts: Facts) => [...new Set(judge(facts).map(({ check }) => check))].toSorted();

const toTwo = { type: 'changeQuantity', name: 'apple', quantity: 2 } as const;

/** The cart in use has come to this version, with more events. */
function inUseAt({ carts, runs }: Facts, version: number): void {
  for (const one of [carts[0]!, carts[0]!.state, runs[0]!.state!]) one.version = version;
}

describe('the checks of the books', () => {
  it('find nothing in books that are in order', () => {
    expect(judge(factsInOrder())).toEqual([]);
    expect(underWay(factsInOrder())).toEqual([]);
  });

  it.each(cases)('find $name', ({ spoil, found }) => {
    const facts = factsInOrder();
    spoil(facts);
    expect(checksOf(facts)).toEqual(found.toSorted());
  });

  it('take a command without an answer that is applied once, and one that is not applied at all', () => {
    const facts = factsInOrder();
    const [first] = facts.journal.commands;
    Object.assign(first!, { outcome: 'unknown', reason: 'socket hang up' });
    facts.journal.commands.push({ ...first!, key: 'never arrived' });
    expect(judge(facts)).toEqual([]);
  });

  it('take a change that the other device has changed again at once, and find one made to another quantity', () => {
    const facts = factsInOrder();
    const [, change] = facts.journal.commands;
    facts.journal.commands.push({ ...asked('used', 'other'), ...toTwo, outcome: 'applied' });
    facts.operations.push(applied('used', 'other', 5));
    Object.assign(change!, { quantity: 7 });
    Object.assign(facts.events[2]!.data, { quantity: 7 });
    const data = { itemId: 'i1', quantity: toTwo.quantity };
    facts.events.splice(4, 0, event('used', 5, 'ItemQuantityChanged', { key: 'other', data }));
    inUseAt(facts, 5);
    expect(judge(facts)).toEqual([]);
    facts.events[4]!.data['quantity'] = 3;
    expect(checksOf(facts)).toContain('lost');
  });

  it('take a change to what the line has already, and find one to something else that has left nothing', () => {
    const facts = factsInOrder();
    const change = { ...asked('used', 'other'), ...toTwo, outcome: 'applied' as const };
    facts.journal.commands.push(change);
    facts.operations.push(applied('used', 'other', 4));
    expect(judge(facts)).toEqual([]);
    Object.assign(change, { quantity: 3 });
    expect(checksOf(facts)).toEqual(['lost']);
  });

  it('take a checkout that has joined the other device’s, and find one on record with another order', () => {
    const facts = factsInOrder();
    const joined = { type: 'checkout', outcome: 'applied', orderId: 'bought-1' } as const;
    facts.journal.commands.push({ ...asked('bought', 'other'), ...joined });
    facts.operations.push({ ...applied('bought', 'other', 5), orderId: 'bought-1' });
    expect(judge(facts)).toEqual([]);
    facts.operations.at(-1)!.orderId = 'bought-2';
    expect(checksOf(facts)).toEqual(['lost']);
  });

  it('take a checkout that the other device has called off', () => {
    const facts = factsInOrder();
    facts.journal.commands.push(
      { ...asked('used', 'mine'), type: 'checkout', outcome: 'rejected', code: 'checkout_cancelled' },
      { ...asked('used', 'other'), type: 'cancelCheckout', outcome: 'applied' },
    );
    facts.operations.push(
      { ...applied('used', 'mine', 4), version: null, status: 'rejected', code: 'checkout_cancelled' },
      applied('used', 'other', 6),
    );
    facts.events.splice(
      4,
      0,
      event('used', 5, 'CheckoutStarted', { key: 'mine' }),
      event('used', 6, 'CheckoutRejected', { key: 'other' }),
    );
    inUseAt(facts, 6);
    expect(judge(facts)).toEqual([]);
  });

  it('follow a claim: the guest’s holds are those of the user', () => {
    const facts = factsInOrder();
    const mine = (version: number, type: string, data: object = {}) =>
      event('guest', version, type, { data: { ...data } });
    const lines = [{ itemId: 'i9', name: 'fig', quantity: 4 }];
    facts.events.push(
      mine(1, 'CartOpened', { ttlMs: 60_000 }),
      mine(2, 'ClaimStarted', { toCartId: 'used' }),
      mine(3, 'CartClaimed', { toCartId: 'used' }),
    );
    const holds = [{ key: 'guest.i9.1' }];
    facts.events.splice(4, 0, event('used', 5, 'LinesReceived', { data: { merge: 'sum', lines, holds } }));
    facts.holds.push({ ...facts.holds[0]!, key: 'guest.i9.1', item: 'fig', quantity: 4 });
    expect(checksOf(facts)).not.toContain('leaked');
    expect(checksOf(facts)).not.toContain('stock');
  });
});

describe('lines that are received', () => {
  const own = [{ itemId: 'a', name: 'apple', quantity: 2 }];
  const lines = [
    { itemId: 'b', name: 'apple', quantity: 3 },
    { itemId: 'c', name: 'pear', quantity: 3 },
  ];

  it('are added to, or the larger number counts, as far as there is room', () => {
    const unitsOf = (merge: 'sum' | 'max', maxUnits = 100) =>
      mergeInto(own, { lines, merge, maxUnits }).map(({ quantity }) => quantity);
    expect(unitsOf('sum')).toEqual([5, 3]);
    expect(unitsOf('max')).toEqual([3, 3]);
    expect(unitsOf('sum', 6)).toEqual([5, 1]);
    expect(unitsOf('sum', 2)).toEqual([2]);
  });
});
