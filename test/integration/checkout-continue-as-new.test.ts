import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadApiConfig } from '../../src/config.ts';
import type { CommandEnvelope, ExternalCommand } from '../../src/domain/commands.ts';
import { rememberedOperations } from '../../src/domain/persistence.ts';
import { createCartCommands } from '../../src/gateway/cart-commands.ts';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import { booksOf } from '../support/books.ts';
import { persist } from '../support/persistent.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';

/** Calls that take this long are only answered when a later run asks again. */
const neverMs = 3_600_000;
const price = 120;
let shop: Shop;

beforeAll(async () => {
  shop = await openShop({
    control: { stock: { '*': 1_000_000 } },
    env: { CART_CONTINUE_AS_NEW_EVENTS: '50' },
  });
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', ${price})`;
});

afterAll(async () => {
  await shop.close();
});

const patient = { prefer: 'wait=30' };
const workflowOf = ({ cartId }: Shopper) => shop.temporal.workflow.getHandle(cartWorkflowId(cartId));
const runOf = async (shopper: Shopper) => (await workflowOf(shopper).describe()).runId;

/** Has something sent to the cart until it has continued as new so many times. */
async function continueAsNew(shopper: Shopper, times: number, send: () => Promise<unknown>): Promise<void> {
  for (let run = await runOf(shopper), seen = 0; seen < times;) {
    await send();
    const next = await runOf(shopper);
    if (next !== run) seen += 1;
    run = next;
  }
}

/** Commands that a frozen cart refuses: they only make its history longer. */
const refusedAdds = (shopper: Shopper) => async () => {
  const adds = await Promise.all(Array.from({ length: 5 }, () => shopper.add('pear', 1, patient)));
  expect(adds.map(({ status }) => status)).toEqual([409, 409, 409, 409, 409]);
};

const eventsOf = async ({ cartId }: Shopper): Promise<string[]> => {
  const rows = await shop.sql<{ type: string; version: number }[]>`
    select type, version from cart_events where cart_id = ${cartId} order by version`;
  expect(rows.map(({ version }) => version)).toEqual(rows.map((_, index) => index + 1));
  return rows.map(({ type }) => type);
};

const checkoutsOf = async ({ cartId }: Shopper) => [
  ...(await shop.sql<{ status: string; orderId: string }[]>`
    select status, order_id as "orderId" from operations where cart_id = ${cartId} and command = 'checkout'`),
];

describe('a checkout whose cart continues as new', () => {
  it('while it waits for the reservation, the payment service and the payment: one order, all are answered', async () => {
    await shop.stub.control({ latencyMs: neverMs });
    await shop.payments.control({ latencyMs: neverMs });
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2, patient);
    const checkout = (key: string) => persist(key, (headers) => shopper.checkout(undefined, headers));
    const first = checkout('first');
    await until(shopper.cart, ({ status }) => status === 'checking_out');
    await continueAsNew(shopper, 2, refusedAdds(shopper));
    const joined = checkout('joined');
    await continueAsNew(shopper, 1, refusedAdds(shopper));
    expect(await checkoutsOf(shopper)).toEqual([]);

    // Each next run asks again, under the same key; what an earlier one has asked takes effect all the same.
    await shop.stub.control({ latencyMs: 1_500 });
    await continueAsNew(shopper, 2, refusedAdds(shopper));
    const answers = await Promise.all([first, joined]);
    const order = answers[0].body;
    for (const { status, body } of answers)
      expect([status, body.orderId]).toEqual([201, `${shopper.cartId}-1`]);
    expect(order).toMatchObject({ status: 'awaiting_payment', payment: null });
    await until(shop.payments.ledger, ({ calls }) => calls.request > 0);
    await continueAsNew(shopper, 1, refusedAdds(shopper));
    await shop.payments.control({ latencyMs: 0 });
    await continueAsNew(shopper, 1, refusedAdds(shopper));
    const asked = await until(
      async () => (await shopper.order(order.orderId)).body,
      ({ payment }) => payment !== null,
    );
    await continueAsNew(shopper, 2, refusedAdds(shopper));
    const standing = { orderId: order.orderId, itemCount: 2, totalMinor: 2 * price };
    expect(await booksOf(shop, shopper.cartId)).toMatchObject({
      heldUnits: 2,
      orders: [{ ...standing, status: 'awaiting_payment' }],
      payments: [{ orderId: order.orderId, state: 'pending' }],
    });

    await shop.payments.succeed(asked.payment!.paymentId);
    await workflowOf(shopper).result();
    expect(await booksOf(shop, shopper.cartId)).toEqual({
      heldUnits: 0,
      soldUnits: 2,
      orders: [{ ...standing, status: 'paid' }],
      payments: [{ orderId: order.orderId, state: 'captured' }],
      capturedMinor: 2 * price,
      refundedMinor: 0,
    });
    const applied = { status: 'applied', orderId: order.orderId };
    expect(await checkoutsOf(shopper)).toEqual([applied, applied]);
    const events = await eventsOf(shopper);
    for (const once of ['CheckoutStarted', 'OrderRequested', 'OrderPlaced', 'PaymentRequested', 'OrderPaid'])
      expect(events.filter((type) => type === once)).toEqual([once]);
  }, 120_000);
});

describe(`a cart with ${rememberedOperations} remembered operations`, () => {
  /** Past the API, which would answer from Postgres: only the cart's own memory keeps it from a second effect. */
  async function repeatSignal(shopper: Shopper, command: ExternalCommand, operation: Repeated) {
    const { temporal, settings } = shop;
    const taskQueue = settings.TEMPORAL_TASK_QUEUE;
    const commands = createCartCommands({
      client: temporal,
      taskQueue,
      settings: loadApiConfig(settings).cart,
      mayExist: async () => true,
      admit: async () => {},
    });
    await commands.send(shopper.cartId, { ...operation, command });
  }
  type Repeated = Omit<CommandEnvelope, 'command'>;

  const operationsOf = async ({ cartId }: Shopper, command: string): Promise<Repeated[]> => [
    ...(await shop.sql<Repeated[]>`
      select operation_id as "operationId", fingerprint from operations
      where cart_id = ${cartId} and command = ${command} order by at, version`),
  ];

  it('that continues as new applies none of them again; a checkout has its order also when the cart is completed', async () => {
    await shop.stub.control({ latencyMs: 0 });
    const shopper = await shop.newShopper();
    const add = (index: number) => persist(`add ${index}`, (headers) => shopper.add('apple', 1, headers));
    await add(0);
    let next = 1;
    const lane = async () => {
      for (let index = next++; index < rememberedOperations; index = next++) await add(index);
    };
    await Promise.all(Array.from({ length: 10 }, lane));
    const cart = await until(shopper.cart, allReserved, 60_000);
    const { itemId, quantity } = cart.items[0]!;
    expect(quantity).toBe(rememberedOperations);

    const adds = await operationsOf(shopper, 'addItem');
    expect(adds).toHaveLength(rememberedOperations);
    const item = {
      itemId,
      name: 'apple',
      quantity: 1,
      price: { status: 'known', unitPriceMinor: price },
    } as const;
    const addAgain = (operation: Repeated) =>
      repeatSignal(shopper, { type: 'addItem', items: [item] }, operation);
    await continueAsNew(shopper, 1, () => addAgain(adds.at(-1)!));
    for (const operation of [adds[0]!, adds[250]!, adds.at(-1)!]) await addAgain(operation);
    for (const index of [0, 250, rememberedOperations - 1]) expect((await add(index)).status).toBe(201);
    // Signals are taken in order: after this answer the repeated ones have been.
    await persist('pear', (headers) => shopper.add('pear', 1, headers));
    expect((await until(shopper.cart, allReserved)).items).toMatchObject([{ quantity }, { quantity: 1 }]);
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(quantity + 1);

    const checkout = () => persist('checkout', (headers) => shopper.checkout(undefined, headers));
    const { body: order, status } = await checkout();
    expect(status).toBe(201);
    const [placing] = await operationsOf(shopper, 'checkout');
    const settings = loadApiConfig(shop.settings).checkout;
    const checkoutAgain = () =>
      repeatSignal(shopper, { type: 'checkout', onUnavailable: 'reject', ...settings }, placing!);
    await continueAsNew(shopper, 1, checkoutAgain);
    expect(await checkout()).toMatchObject({ status: 201, body: { orderId: order.orderId } });

    const { payment } = await until(
      async () => (await shopper.order(order.orderId)).body,
      (asked) => asked.payment !== null,
    );
    await shop.payments.succeed(payment!.paymentId);
    await workflowOf(shopper).result();
    const completed = await shopper.cart();
    expect(completed.status).toBe('completed');
    expect(await checkout()).toMatchObject({ status: 201, body: { orderId: order.orderId, status: 'paid' } });
    await checkoutAgain();
    await workflowOf(shopper).result();
    expect(await shopper.cart()).toEqual(completed);
    expect(await booksOf(shop, shopper.cartId)).toMatchObject({
      heldUnits: 0,
      soldUnits: quantity + 1,
      orders: [{ orderId: order.orderId, status: 'paid' }],
      payments: [{ orderId: order.orderId, state: 'captured' }],
    });
  }, 180_000);
});
