import { keyInBooks } from '../../chaos/checks/commands.ts';
import type { CartRow, CartState, EventRow, Facts, OperationRow } from '../../chaos/checks/facts.ts';
import type { JournalCommand } from '../../chaos/journal.ts';

const openedAt = 1_000_000;
const ttlMs = 60_000;
const order = { itemId: 'i2', name: 'pear', quantity: 3, unitPriceMinor: 50 };

const iso = (ms: number) => new Date(ms).toISOString();

/** Of a shop with three carts, in which all is well: one in use, one bought, one expired. */
export function factsInOrder(): Facts {
  const commands = [
    add('used', 'k1', 'apple', 1),
    { ...asked('used', 'k2'), type: 'changeQuantity', name: 'apple', quantity: 2, outcome: 'applied' },
    { ...asked('used', 'k3'), type: 'removeItem', name: 'fig', outcome: 'rejected', code: 'item_not_found' },
    add('bought', 'k4', order.name, order.quantity),
    { ...asked('bought', 'k5'), type: 'checkout', outcome: 'applied', orderId: 'bought-1' },
    add('left', 'k6', 'plum', 1),
  ] satisfies JournalCommand[];
  return {
    journal: {
      commands,
      carts: ['used', 'bought', 'left'].map((cartId) => ({
        cartId,
        owner: { session: cartId },
        leftAlone: cartId === 'left',
      })),
    },
    readAt: openedAt + 50_000,
    holdLagMaxMs: 5_000,
    carts: [
      row('used', 'active', [line('i1', 'apple', 2)], { version: 4, totalMinor: 200 }),
      row('bought', 'completed', [line('i2', 'pear', 3)], { version: 8, totalMinor: 300 }),
      row('left', 'abandoned', [line('i3', 'plum', 1)], { version: 5, totalMinor: 100 }),
    ],
    events: [...eventsOfUsed(), ...eventsOfBought(), ...eventsOfLeft()],
    operations: [
      applied('used', 'k1', 2),
      applied('used', 'k2', 3),
      { ...applied('used', 'k3', 4), status: 'rejected', version: null, code: 'item_not_found' },
      applied('bought', 'k4', 2),
      { ...applied('bought', 'k5', 5), orderId: 'bought-1' },
      applied('left', 'k6', 2),
    ],
    orders: [
      {
        orderId: 'bought-1',
        cartId: 'bought',
        status: 'paid',
        totalMinor: 150,
        itemCount: 3,
        items: [order],
      },
    ],
    holds: [
      { ...hold('used.i1.1', 'apple', 2), state: 'held' },
      { ...hold('bought.i2.1', 'pear', 3), state: 'committed', endedAt: iso(openedAt + 400) },
      { ...hold('left.i3.1', 'plum', 1), state: 'released', endedAt: iso(openedAt + 200 + ttlMs + 900) },
    ],
    stock: { apple: { available: 5 }, pear: { available: 0 } },
    payments: [
      { paymentId: 'p1', orderId: 'bought-1', amountMinor: 150, refundedMinor: 0, state: 'captured' },
    ],
    webhooks: [{ webhookId: 'w1', deliveredAt: iso(openedAt) }],
    runs: [
      {
        ...{ workflowId: 'cart-used', runId: 'r1', status: 'RUNNING', taskAttempt: 0, callsUnderWay: 0 },
        state: stateOf('active', [line('i1', 'apple', 2)], 4),
      },
      { workflowId: 'cart-bought', runId: 'r2', status: 'COMPLETED' },
      { workflowId: 'cart-left', runId: 'r3', status: 'COMPLETED' },
    ],
  };
}

export const asked = (cartId: string, key: string) => ({
  cartId,
  key,
  sentAt: openedAt,
  settledAt: openedAt + 100,
});
const add = (cartId: string, key: string, name: string, quantity: number) =>
  ({ ...asked(cartId, key), type: 'addItem', name, quantity, outcome: 'applied' }) as const;
const operation = (cartId: string, key: string) => `${keyInBooks({ cartId, key })}0123456789ab`;

export const applied = (cartId: string, key: string, version: number): OperationRow => ({
  operationId: operation(cartId, key),
  cartId,
  status: 'applied',
  version,
  code: null,
  orderId: null,
});

export function event(
  cartId: string,
  version: number,
  type: string,
  { key, actor, data = {}, at = openedAt + version * 100 }: Options = {},
): EventRow {
  const operationId = key === undefined ? null : operation(cartId, key);
  const by = actor ?? (key === undefined ? 'service' : 'shopper');
  return { cartId, version, type, at, operationId, actor: by, data };
}

interface Options {
  key?: string;
  actor?: string;
  data?: Record<string, unknown>;
  at?: number;
}

const history = (cartId: string, rest: [type: string, options?: Options][]) => {
  const opened: [string, Options] = ['CartOpened', { data: { cartId, currency: 'EUR', ttlMs } }];
  return [opened, ...rest].map(([type, options], index) => event(cartId, index + 1, type, options));
};

const eventsOfUsed = () =>
  history('used', [
    ['ItemAdded', { key: 'k1', data: { itemId: 'i1', name: 'apple', quantity: 1 } }],
    ['ItemQuantityChanged', { key: 'k2', data: { itemId: 'i1', quantity: 2 } }],
    ['ReservationRequested', { data: { key: 'used.i1.1' } }],
  ]);

const eventsOfBought = () =>
  history('bought', [
    ['ItemAdded', { key: 'k4', data: order }],
    ['ReservationRequested', { data: { key: 'bought.i2.1' } }],
    ['CheckoutStarted', { key: 'k5' }],
    ['OrderRequested', { data: { draft: { checkoutId: 4 } } }],
    ['OrderPlaced', { data: { order: { orderId: 'bought-1', items: [order] } } }],
    ['OrderPaid', { data: { orderId: 'bought-1', paymentId: 'p1' } }],
    ['HoldCommitted', { data: { key: 'bought.i2.1' } }],
  ]);

const eventsOfLeft = () =>
  history('left', [
    ['ItemAdded', { key: 'k6', data: { itemId: 'i3', name: 'plum', quantity: 1 } }],
    ['ReservationRequested', { data: { key: 'left.i3.1' } }],
    ['CartAbandoned', { actor: 'clock', at: openedAt + 200 + ttlMs }],
    ['ReleaseRequested', { data: { key: 'left.i3.1' } }],
  ]);

const line = (itemId: string, name: string, quantity: number) => ({ itemId, name, quantity, refusal: null });

function stateOf(status: string, lines: CartState['lines'], version: number): CartState {
  return { status, version, lines, waiting: null, holds: [], pendingOrder: null, paymentTasks: [] };
}

function row(
  cartId: string,
  status: string,
  lines: CartState['lines'],
  { version, totalMinor }: Pick<CartRow, 'version' | 'totalMinor'>,
): CartRow {
  const items = lines.map(({ itemId, name, quantity }) => ({
    ...{ itemId, name, quantity },
    unitPriceMinor: 100,
  }));
  const itemCount = lines.reduce((count, { quantity }) => count + quantity, 0);
  return { cartId, version, status, itemCount, totalMinor, items, state: stateOf(status, lines, version) };
}

const hold = (key: string, item: string, quantity: number) => ({
  ...{ reservationId: `r-${key}`, key, item, quantity },
  at: iso(openedAt + 250),
});
