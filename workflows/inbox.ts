import { log, setDefaultSignalHandler, setHandler } from '@temporalio/workflow';
import {
  unpricedNames,
  withPrices,
  type CommandEnvelope,
  type ExternalCommand,
} from '../src/domain/commands.ts';
import { isWithinNameLength } from '../src/domain/cart.ts';
import { commandSignals, wakeSignal } from './cart.messages.ts';
import { durableDatabase } from './database.ts';

export interface Inbox {
  readonly size: number;
  /** The next command that can be decided, in order of arrival. */
  take(): CommandEnvelope | undefined;
  readonly waiting: readonly CommandEnvelope[];
}

/** Signals only append here: no handler awaits or decides, so nothing interleaves with the main loop. */
export function createInbox(carried: readonly CommandEnvelope[], onArrival: () => void): Inbox {
  const queue = [...carried];
  let pricing = false;

  function receive(signalName: string, message: unknown) {
    if (signalName === wakeSignal.name) return onArrival();
    // Throwing here would fail the whole cart.
    if (!isEnvelope(message, signalName))
      return log.warn('Ignored a signal that is no command', { signalName });
    queue.push(message);
    onArrival();
  }

  // The default handler comes first: signals that waited for it arrive in order, whatever their names. With only
  // the named ones, all that waited under the first name would overtake the rest. Those are for the Web UI's list.
  setDefaultSignalHandler(receive);
  for (const [name, signal] of Object.entries(commandSignals)) {
    setHandler(signal, (message) => receive(name, message));
  }
  setHandler(wakeSignal, onArrival);

  /** The API could not reach the catalogue: ask it here. Later commands wait, so that order is kept. */
  async function price(envelope: CommandEnvelope) {
    const prices = await durableDatabase.priceItems(unpricedNames(envelope.command));
    queue[0] = { ...envelope, command: withPrices(envelope.command, prices) };
    pricing = false;
    onArrival();
  }

  return {
    get size() {
      return queue.length;
    },
    get waiting() {
      return queue;
    },
    take() {
      const [head] = queue;
      if (!head || pricing) return undefined;
      if (unpricedNames(head.command).length === 0) return queue.shift();
      pricing = true;
      void price(head);
      return undefined;
    },
  };
}

/** Our own gateway always sends well-formed envelopes; a person in the Web UI may not. */
function isEnvelope(message: unknown, type: string): message is CommandEnvelope {
  const { operationId, fingerprint, command, ifMatch } = (message ?? {}) as Partial<CommandEnvelope>;
  if (!isId(operationId) || typeof fingerprint !== 'string' || !isIfMatch(ifMatch)) return false;
  return command?.type === type && hasFields(command);
}

function hasFields(command: ExternalCommand): boolean {
  switch (command.type) {
    case 'addItem':
      return Array.isArray(command.items) && command.items.every(isNewItem) && isBound(command.maxUnits);
    case 'changeQuantity':
      return isId(command.itemId) && isQuantity(command.quantity) && isBound(command.maxUnits);
    case 'removeItem':
      return isId(command.itemId);
    case 'clearItems':
    case 'touch':
    case 'cancelCheckout':
      return true;
    case 'checkout':
      return isDuration(command.waitMs) && isDuration(command.payWithinMs) && isOption(command.onUnavailable);
    case 'claim':
      return isId(command.toCartId) && isRule(command.merge) && isBound(command.maxUnits);
    case 'receive': {
      const { fromCartId, merge, maxUnits, lines, holds } = command;
      return (
        isId(fromCartId) &&
        isRule(merge) &&
        isBound(maxUnits) &&
        areAll(lines, isLine) &&
        areAll(holds, isHold)
      );
    }
    case 'paymentSucceeded':
      return isId(command.orderId) && isText(command.paymentId) && isAmount(command.amountMinor);
    case 'paymentFailed':
      return isId(command.orderId) && isText(command.paymentId);
  }
}

const isNewItem = (item: unknown): boolean => {
  const { itemId, name, quantity, price } = (item ?? {}) as Record<string, unknown>;
  const named = isId(itemId) && isText(name) && isWithinNameLength(name as string);
  return named && isQuantity(quantity) && typeof price === 'object' && price !== null && 'status' in price;
};

/** Postgres stores no NUL, and a notice is short: what cannot be saved would hold up the cart for ever. */
const isId = (value: unknown): boolean => typeof value === 'string' && /^[\w-]{1,64}$/.test(value);
const isText = (value: unknown): boolean =>
  typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,255}$/u.test(value);
const areAll = (values: unknown, is: (value: unknown) => boolean): boolean =>
  Array.isArray(values) && values.every(is);
const isLine = (line: unknown): boolean => {
  const { itemId, name, quantity } = (line ?? {}) as Record<string, unknown>;
  return isId(itemId) && isText(name) && isQuantity(quantity);
};
const isHold = (hold: unknown): boolean => {
  const { key, itemId, status } = (hold ?? {}) as Record<string, unknown>;
  return isText(key) && isId(itemId) && isText(status);
};
const isRule = (value: unknown): boolean => value === 'sum' || value === 'max';
const isOption = (value: unknown): boolean => value === 'reject' || value === 'drop';
const isAmount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isDuration = isAmount;
const isIfMatch = (value: unknown): boolean =>
  value === undefined || value === '*' || (Array.isArray(value) && value.every(isAmount));
const isBound = (value: unknown): boolean => value === undefined || isAmount(value);
const isQuantity = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
