import { mkdir, writeFile } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { CartView } from '../../src/domain/cart-view.ts';
import { createPaymentStubClient } from '../support/payment-stub-client.ts';
import { startBuiltStack } from '../support/built-stack.ts';
import { allReserved, createShopper, until, type Shopper } from '../support/shopper.ts';
import { userSettings } from '../support/tokens.ts';
import { createUser } from '../support/user.ts';

/**
 * Records the histories that `replay.test.ts` replays: `npm run replay:record [-- <suffix> <life>…]`. Run it when a
 * new kind of life is built; keep the old files, since carts with such histories may still be open.
 */
const folder = new URL('histories/', import.meta.url);
const [suffix = new Date().toISOString().slice(0, 10), ...wanted] = process.argv.slice(2);

const stack = await startBuiltStack({
  reservationLatencyMs: 50,
  env: { CART_CONTINUE_AS_NEW_EVENTS: '120', ...userSettings },
});
const client = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) });

async function record(name: string, { cartId }: Pick<Shopper, 'cartId'>): Promise<void> {
  const query = `WorkflowId = "cart-${cartId}"`;
  const runIds: string[] = [];
  for await (const run of client.workflow.list({ query })) runIds.unshift(run.runId);
  for (const [index, runId] of runIds.entries()) {
    const history = await client.workflow.getHandle(`cart-${cartId}`, runId).fetchHistory();
    const file = new URL(`${name}-${index + 1}.${suffix}.json`, folder);
    await writeFile(file, `${historyToJSON(history).replaceAll(process.cwd(), '.')}\n`);
    console.log(`${file.pathname}: ${history.events?.length ?? 0} events`);
  }
}

const control = (change: object) =>
  fetch(`${stack.stub}/control`, { method: 'PUT', body: JSON.stringify(change) });
const statusIs = (status: string) => (cart: CartView) => cart.items[0]?.reservation.status === status;
const payments = createPaymentStubClient(stack.payments);

/** Checks out and waits until the payment is asked for. */
async function paymentOf(shopper: Shopper): Promise<string> {
  const { body } = await shopper.checkout(undefined, { prefer: 'wait=20' });
  const payable = async () => (await shopper.order(body.orderId)).body;
  const { payment } = await until(payable, (order) => order.payment !== null);
  return payment!.paymentId;
}

const newShopper = () => createShopper(stack.api);

/** Each leads the shopper's cart through one kind of life; another cart that has a part in it is returned. */
const lives: Record<string, (shopper: Shopper) => Promise<void | Pick<Shopper, 'cartId'>>> = {
  async 'one-line'(shopper) {
    await shopper.add('apple', 2);
    const { items } = await until(shopper.cart, allReserved);
    await shopper.change(items[0]!.itemId, 5);
    await until(shopper.cart, allReserved);
    await shopper.change(items[0]!.itemId, 1);
    await until(shopper.cart, allReserved);
    await shopper.remove(items[0]!.itemId);
  },
  async 'removed-while-pending'(shopper) {
    await control({ latencyMs: 1_500 });
    const { body } = await shopper.addMany([
      { name: 'apple', quantity: 1 },
      { name: 'pear', quantity: 1 },
    ]);
    await shopper.remove(body.items[0]!.itemId);
    await shopper.clear();
    await control({ latencyMs: 50 });
  },
  async 'refused-and-retried'(shopper) {
    await control({ stock: { rare: 1 }, failNext: 1 });
    await shopper.add('rare', 2);
    const { items } = await until(shopper.cart, statusIs('unavailable'));
    await shopper.change(items[0]!.itemId, 1);
    await until(shopper.cart, allReserved);
    await shopper.add('apple', 999);
    await shopper.add('apple', 1);
  },
  async 'continued-as-new'(shopper) {
    for (let index = 0; index < 40; index += 1) await shopper.add(`item ${index % 5}`, 1);
    await until(shopper.cart, allReserved);
  },
  async 'paid-and-renewed'(shopper) {
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    await payments.succeed(await paymentOf(shopper));
    await until(shopper.cart, ({ status }) => status === 'completed');
    await client.workflow.getHandle(`cart-${shopper.cartId}`).result();
    await shopper.add('pear', 1);
    await until(shopper.cart, allReserved);
  },
  async 'not-paid-then-paid'(shopper) {
    await control({ latencyMs: 700 });
    await shopper.add('apple', 2);
    await payments.fail(await paymentOf(shopper));
    await control({ latencyMs: 50 });
    await until(shopper.cart, ({ status }) => status === 'active');
    await shopper.add('pear', 1);
    await until(shopper.cart, allReserved);
    await payments.succeed(await paymentOf(shopper));
    await until(shopper.cart, ({ status }) => status === 'completed');
  },
  async 'given-up-and-refunded'(shopper) {
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    const paymentId = await paymentOf(shopper);
    await payments.control({ webhooks: 'hold' });
    await payments.succeed(paymentId);
    await shopper.cancelCheckout();
    await shopper.clear();
    await payments.control({ webhooks: 'on' });
    await until(shopper.orders, ({ orders }) => orders[0]?.status === 'refunded');
  },
  async 'refused-checkouts'(shopper) {
    await control({ stock: { rare: 0 } });
    await shopper.checkout();
    await shopper.addMany([
      { name: 'apple', quantity: 1 },
      { name: 'rare', quantity: 1 },
    ]);
    await shopper.checkout();
    await shopper.checkout({ onUnavailable: 'drop' });
    await shopper.checkout();
    await shopper.cancelCheckout();
  },
  async 'renewed-holds'(shopper) {
    await control({ holdTtlMs: 1_500 });
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    // Long enough for a renewal, at half of the hold's time.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await control({ holdTtlMs: 0 });
  },
  async 'abandoned-and-resumed'(shopper) {
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    await client.workflow.getHandle(`cart-${shopper.cartId}`).cancel();
    await until(shopper.cart, (cart) => cart.status === 'abandoned');
    await client.workflow.getHandle(`cart-${shopper.cartId}`).result();
    await shopper.add('pear', 1);
    await until(shopper.cart, allReserved);
  },
  // The guest's line is held, one of the user's too, and one of each is under way.
  async claimed(shopper) {
    const user = await createUser(shopper, 'anna@example.org');
    await shopper.add('apple', 2);
    await user.add('apple', 3);
    await until(shopper.cart, allReserved);
    await until(user.cart, allReserved);
    await control({ latencyMs: 1_000 });
    await shopper.add('pear', 1);
    await user.add('plum', 1);
    await user.claim(shopper);
    await until(user.cart, allReserved);
    await control({ latencyMs: 50 });
    return user;
  },
};

try {
  await mkdir(folder, { recursive: true });
  for (const [name, live] of Object.entries(lives)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const shopper = await newShopper();
    const other = await live(shopper);
    // The last save and its activation follow the answer.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await record(name, shopper);
    if (other) await record(`${name}-by`, other);
  }
} finally {
  await client.connection.close();
  await stack.stop();
}
