import { readdir, readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { createCartLog, type CartLogState } from '../../src/domain/cart-log.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import type { CommandEnvelope } from '../../src/domain/commands.ts';
import type { CartWorkflowInput } from '../../workflows/cart.messages.ts';

const folder = new URL('../replay/histories/', import.meta.url);

/** What runs were started with that continue another: states that a deployed version has really written. */
async function carriedInputs(): Promise<CartWorkflowInput[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const inputs = files.map(async (file) => {
    const history = historyFromJSON(JSON.parse(await readFile(new URL(file, folder), 'utf8')));
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    return JSON.parse(Buffer.from(started!.input!.payloads![0]!.data!).toString()) as CartWorkflowInput;
  });
  return (await Promise.all(inputs)).filter(({ carried }) => carried !== undefined);
}

const states = (await carriedInputs()).map(({ carried }) => carried!.log);
/** In any other status a command of a shopper may be refused. */
const inUse = states.filter(({ cart }) => cart.status === 'active');
const at = Date.UTC(2026, 10, 26);
const add: CommandEnvelope = {
  operationId: 'of-the-next-version',
  fingerprint: 'add',
  command: {
    type: 'addItem',
    items: [{ itemId: 'new', name: 'fig', quantity: 1, price: { status: 'known', unitPriceMinor: 100 } }],
  },
};

/** What came after the first version: a cart that was opened before does not have it. */
function asOfTheFirstVersion({ cart, recentOperations, unsaved }: CartLogState): CartLogState {
  const {
    waiting: _,
    orderAttempts: __,
    pendingOrder: ___,
    orders: ____,
    paymentTasks: _____,
    ...old
  } = cart;
  return { cart: old as CartLogState['cart'], recentOperations, unsaved };
}

describe('a state that another version has handed over', () => {
  it('is there to be tried: recorded runs that continue others', () => {
    expect(inUse.length).toBeGreaterThanOrEqual(3);
    expect(states.length).toBeGreaterThan(inUse.length);
  });

  it.each(states.map((state, index) => [index + 1, state] as const))(
    'number %i goes on as it was recorded, and is handed on with nothing lost',
    (_, state) => {
      const log = createCartLog(state);
      expect(log.toState()).toMatchObject({ cart: state.cart, recentOperations: state.recentOperations });
    },
  );

  it.each(inUse)('takes the next command when it is of a cart in use', (state) => {
    const log = createCartLog(state);
    log.handle(add, at);
    expect(log.cart.version).toBeGreaterThan(state.cart.version);
    expect(effectsOf(log.cart).length).toBeGreaterThan(0);
  });

  it('is completed when it is of the first version, which knew nothing of checkouts', () => {
    const log = createCartLog(asOfTheFirstVersion(inUse[0]!));
    expect(log.cart).toMatchObject({ orders: [], orderAttempts: 0, pendingOrder: null, paymentTasks: [] });
    log.handle(add, at);
    expect(log.allSaves().at(-1)?.outcomes.at(-1)).toMatchObject({ result: { status: 'applied' } });
  });

  it('goes on when it is of a later version, which has added what this one does not know', () => {
    const [state] = inUse;
    const later = { ...state!, cart: { ...state!.cart, ofALaterVersion: true }, anotherMemory: [] };
    const log = createCartLog(later);
    log.handle(add, at);
    expect(log.allSaves().at(-1)?.outcomes.at(-1)).toMatchObject({ result: { status: 'applied' } });
  });
});
