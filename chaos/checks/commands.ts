import { createHash } from 'node:crypto';
import type { JournalCommand } from '../journal.ts';
import type { EventRow, Facts, OperationRow } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';

/** Every command that was answered is applied once, or its rejection is on record; nothing is that nobody asked for. */
export function checkCommands({ journal, events, operations }: Facts): Finding[] {
  const rows = groupBy(operations, ({ operationId }) => keyOf(operationId));
  const effects = groupBy(events, ({ operationId }) => keyOf(operationId ?? ''));
  const repeats = groupBy(journal.commands, (command) => keyInBooks(command));
  const asked = [...repeats].flatMap(([key, commands]) => {
    // Answered more than once under one key: the surest answer counts.
    const command = commands.find(({ outcome }) => outcome !== 'unknown') ?? commands[0];
    return command ? checkCommand(command, rows.get(key) ?? [], effects.get(key) ?? []) : [];
  });
  const carts = new Set(journal.carts.map(({ cartId }) => cartId));
  return [...asked, ...unasked(events, carts, new Set(repeats.keys()))];
}

/** Keys are kept as digests, with the cart that they are of; what follows is a digest of what was asked. */
export const keyInBooks = ({ cartId, key }: Pick<JournalCommand, 'cartId' | 'key'>): string =>
  createHash('sha256').update(`${cartId}\n${key}`).digest('hex').slice(0, keyLength);
const keyLength = 32;
export const keyOf = (operationId: string): string => operationId.slice(0, keyLength);

function checkCommand(command: JournalCommand, rows: OperationRow[], events: EventRow[]): Finding[] {
  const { cartId, key, type, outcome } = command;
  const found = (check: Finding['check'], what: string): Finding => ({
    check,
    cartId,
    detail: `${type} under ${key}, answered as ${outcome}: ${what}`,
  });
  const [row, other] = rows;
  if (other) return [found('doubled', `${rows.length} outcomes are on record`)];
  if (outcome === 'applied' && row?.status !== 'applied') {
    return [found('lost', row ? `on record as rejected with ${row.code}` : 'nothing is on record')];
  }
  if (outcome === 'rejected' && !isRejectedAs(command.code, row)) {
    return [found('lost', `${command.code} is not on record, but ${row?.code ?? row?.status ?? 'nothing'}`)];
  }
  const orderId = outcome === 'applied' ? command.orderId : undefined;
  if (orderId !== undefined && row?.orderId !== orderId) {
    return [found('lost', `the order is ${orderId}, on record ${row?.orderId}`)];
  }
  const { check, detail } = compareEvents(command, row?.status === 'applied', events) ?? {};
  return check ? [found(check, detail ?? '')] : [];
}

/** What only the cart can know; all else the API may refuse before the cart hears of it. */
const decidedByCart = new Set([
  ...['item_not_found', 'cart_full', 'quantity_limit', 'units_limit', 'version_mismatch'],
  ...['cart_empty', 'cart_completed', 'checkout_in_progress', 'no_checkout', 'checkout_cancelled'],
  ...['items_unavailable', 'reservations_pending', 'price_changed', 'order_already_paid'],
]);

const isRejectedAs = (code: string, row: OperationRow | undefined): boolean =>
  row ? row.status === 'rejected' && row.code === code : !decidedByCart.has(code);

interface Wrong {
  check: Finding['check'];
  detail: string;
}

function compareEvents(command: JournalCommand, isApplied: boolean, events: EventRow[]): Wrong | undefined {
  const { type, least, most } = effectOf(command);
  const effects = events.filter((event) => event.type === type);
  // A checkout that is rejected in the end has begun.
  const atMost = isApplied || type === 'CheckoutStarted' ? most : 0;
  if (effects.length > atMost) return { check: 'doubled', detail: `${effects.length} × ${type}` };
  if (isApplied && effects.length < least) return { check: 'lost', detail: `no ${type} in the history` };
  const items = effects.map(({ data }) => data['itemId']);
  if (new Set(items).size < items.length && type === 'ItemRemoved') {
    return { check: 'doubled', detail: 'a line is removed twice' };
  }
  const wrong = effects.find((event) => !isAsAsked(command, event));
  return wrong && { check: 'lost', detail: `applied as ${JSON.stringify(wrong.data)}` };
}

/** Which events a command that is applied has, and how many. */
function effectOf({ type }: JournalCommand): { type: string; least: number; most: number } {
  switch (type) {
    case 'addItem':
      return { type: 'ItemAdded', least: 1, most: 1 };
    case 'changeQuantity':
      // None when the line has that quantity.
      return { type: 'ItemQuantityChanged', least: 0, most: 1 };
    case 'removeItem':
      return { type: 'ItemRemoved', least: 1, most: 1 };
    case 'clearItems':
      return { type: 'ItemRemoved', least: 0, most: Infinity };
    case 'checkout':
      // None when it joins one that is under way.
      return { type: 'CheckoutStarted', least: 0, most: 1 };
    case 'cancelCheckout':
      return { type: 'OrderCancelled', least: 0, most: 1 };
    case 'claim':
      return { type: 'ClaimStarted', least: 0, most: 1 };
  }
}

function isAsAsked(command: JournalCommand, { data }: EventRow): boolean {
  switch (command.type) {
    case 'addItem':
      return data['name'] === command.name && data['quantity'] === command.quantity;
    case 'changeQuantity':
      return data['quantity'] === command.quantity;
    case 'claim':
      return data['toCartId'] === command.toCartId;
    default:
      return true;
  }
}

const askedFor = new Set(['ItemAdded', 'ItemQuantityChanged', 'CheckoutStarted', 'ClaimStarted']);

function unasked(events: EventRow[], carts: ReadonlySet<string>, keys: ReadonlySet<string>): Finding[] {
  return events
    .filter(({ cartId, type }) => carts.has(cartId) && askedFor.has(type))
    .filter(({ operationId }) => operationId === null || !keys.has(keyOf(operationId)))
    .map(({ cartId, type, version, operationId }) => ({
      check: 'doubled',
      cartId,
      detail: `${type}, version ${version}, by operation ${operationId}: nobody has asked for it`,
    }));
}
