import { setTimeout as pause } from 'node:timers/promises';
import { cartWorkflowId } from '../workflows/cart.messages.ts';
import { createPaymentStubClient } from '../test/support/payment-stub-client.ts';
import { until } from '../test/support/shopper.ts';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { bytes, type Row } from './support/rows.ts';

/** Long enough to see the cart at rest before. */
const shortTtl = '6s';
const withinMs = 60_000;

interface History {
  events: number;
  bytes: number;
}

/** What each operation adds to the history of its workflow, with all that follows from it. One cart, one at a time. */
export async function measureHistory({ stack, say }: Bench): Promise<Row[]> {
  say('history per operation');
  const bare = await bareHistories(stack);
  const { shop } = stack;
  const { path, cartId } = await shop.newSession();
  const measure = createMeter(stack, cartWorkflowId(cartId));
  const payments = createPaymentStubClient(stack.payments);

  const newCart = await measure(() => shop.addItem(path, 'apple'));
  const sameItem = await measure(() => shop.addItem(path, 'apple'));
  let pear = '';
  const otherItem = await measure(async () => {
    const { items } = await shop.addItem(path, 'pear');
    pear = items.find(({ name }) => name === 'pear')!.itemId;
  });
  const changed = await measure(() => shop.changeQuantity(path, pear, 3));
  const removed = await measure(() => shop.removeItem(path, pear));
  await payments.control({ auto: 'succeed' });
  const paid = await measure(async () => {
    await shop.checkout(path);
    await hasStatus(stack, cartId, 'completed');
  });
  await payments.control({ auto: 'off' });
  return [
    historyRow('add-item to a new cart', newCart, bare.first),
    historyRow('add-item to an existing cart, the same item', sameItem, bare.next),
    historyRow('add-item to an existing cart, another item', otherItem, bare.next),
    historyRow('a quantity is changed', changed),
    historyRow('an item is removed', removed),
    historyRow('checkout, payment and end of the run', paid),
    historyRow('expiry and end of the run', await expiry(stack)),
  ];
}

const historyRow = (operation: string, ours: History, bare?: History): Row => ({
  what: `history: ${operation}`,
  ours: historyText(ours),
  ...(bare && { bare: historyText(bare) }),
});

const historyText = (history: History): string =>
  `${history.events} ${history.events === 1 ? 'event' : 'events'}, ${bytes(history.bytes)}`;

/** The growth of a workflow's history by what is done, once nothing is left to do. */
function createMeter(stack: BenchStack, workflowId: string) {
  let before: History = { events: 0, bytes: 0 };
  return async function measure(operation: () => Promise<unknown>): Promise<History> {
    const start = before;
    await operation();
    await stack.settle();
    before = await atRest(stack, workflowId);
    return { events: before.events - start.events, bytes: before.bytes - start.bytes };
  };
}

/** The history once nothing is under way: a task may still end after the read model has shown what it did. */
async function atRest({ client }: BenchStack, workflowId: string): Promise<History> {
  const handle = client.workflow.getHandle(workflowId);
  let seen = -1;
  for (;;) {
    const { historyLength, historySize = 0, raw } = await handle.describe();
    const busy = raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0;
    if (!busy && historyLength === seen) return { events: historyLength, bytes: historySize };
    seen = historyLength;
    await pause(300);
  }
}

async function bareHistories(stack: BenchStack): Promise<{ first: History; next: History }> {
  const id = `bare-history-${crypto.randomUUID()}`;
  const measure = createMeter(stack, id);
  return { first: await measure(() => stack.pokeBare(id)), next: await measure(() => stack.pokeBare(id)) };
}

async function expiry(stack: BenchStack): Promise<History> {
  const api = await stack.startApi({ CART_TTL: shortTtl });
  try {
    const { path, cartId } = await api.shop.newSession();
    await api.shop.addItem(path, 'apple');
    await stack.settle();
    const before = await atRest(stack, cartWorkflowId(cartId));
    await hasStatus(stack, cartId, 'abandoned');
    const after = await atRest(stack, cartWorkflowId(cartId));
    return { events: after.events - before.events, bytes: after.bytes - before.bytes };
  } finally {
    await api.stop();
  }
}

async function hasStatus({ sql }: BenchStack, cartId: string, status: string): Promise<void> {
  const row = () => sql<{ status: string }[]>`select status from carts where cart_id = ${cartId}`;
  await until(row, ([cart]) => cart?.status === status, withinMs);
}
