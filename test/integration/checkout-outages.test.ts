import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderStatus } from '../../src/domain/order.ts';
import type { FaultControl } from '../../src/dev/stub/control-panel.ts';
import type { OrderView } from '../../src/read-model/order-views.ts';
import { booksOf, expectBooksInOrder } from '../support/books.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', 120)`;
});

afterAll(async () => {
  await shop.close();
});

const patient = { prefer: 'wait=30' };
const units = 2;

const add = (shopper: Shopper) => shopper.add('apple', units, patient);
const orderOf = (shopper: Shopper, orderId: string) => async () => (await shopper.order(orderId)).body;

async function checkout(shopper: Shopper): Promise<OrderView> {
  const { status, body } = await shopper.checkout(undefined, patient);
  expect(status).toBe(201);
  return await until(orderOf(shopper, body.orderId), ({ payment }) => payment !== null);
}

const pay = ({ payment }: OrderView) => shop.payments.succeed(payment!.paymentId);

/** Meets its fault at the call that comes next. */
type Fault = 'failNext' | 'dropNext' | 'loseNextAnswers';
type Call = 'reserve' | 'commit' | 'request' | 'cancel' | 'refund';

const serviceOf = (call: Call) => (call === 'reserve' || call === 'commit' ? shop.stub : shop.payments);

async function countOf(call: Call): Promise<number> {
  const { calls }: { calls: Record<string, number> } = await serviceOf(call).ledger();
  return calls[call] ?? 0;
}

/** A checkout up to the call in question, what makes the call, and what becomes of the order. */
const scenarios: Record<
  Call,
  { upTo: (shopper: Shopper) => Promise<() => Promise<unknown>>; ends: OrderStatus }
> = {
  reserve: {
    upTo: async (shopper) => async () => {
      await add(shopper);
      await pay(await checkout(shopper));
    },
    ends: 'paid',
  },
  request: {
    async upTo(shopper) {
      await add(shopper);
      await until(shopper.cart, allReserved);
      return async () => await pay(await checkout(shopper));
    },
    ends: 'paid',
  },
  commit: {
    async upTo(shopper) {
      await add(shopper);
      const order = await checkout(shopper);
      return () => pay(order);
    },
    ends: 'paid',
  },
  cancel: {
    async upTo(shopper) {
      await add(shopper);
      await checkout(shopper);
      return () => shopper.cancelCheckout();
    },
    ends: 'cancelled',
  },
  refund: {
    async upTo(shopper) {
      await add(shopper);
      const order = await checkout(shopper);
      // Paid, but the shop hears of it when the holds are gone.
      await shop.payments.control({ webhooks: 'hold' });
      await pay(order);
      const cancels = await countOf('cancel');
      await shopper.cancelCheckout();
      await until(
        () => countOf('cancel'),
        (count) => count > cancels,
      );
      await shopper.clear();
      return () => shop.payments.control({ webhooks: 'on' });
    },
    ends: 'refunded',
  },
};

describe.each<[string, Fault]>([
  ['a 503', 'failNext'],
  ['a dropped connection', 'dropNext'],
  ['a lost answer', 'loseNextAnswers'],
])('%s', (_, fault) => {
  it.each(Object.keys(scenarios) as Call[])(
    'at the call "%s" is asked again: held as wanted, one order, no money too much',
    async (call) => {
      const { upTo, ends } = scenarios[call];
      const shopper = await shop.newShopper();
      const makeTheCall = await upTo(shopper);
      const before = await countOf(call);
      const oneFault: Partial<FaultControl> = { [fault]: 1 };
      await serviceOf(call).control(oneFault);
      await makeTheCall();
      await until(
        () => countOf(call),
        (count) => count === before + 2,
        30_000,
      );
      expect((await serviceOf(call).control({}))[fault]).toBe(0);
      const orders = async () => (await shopper.orders()).orders;
      await until(orders, ([order]) => order?.status === ends, 30_000);
      await until(
        () => booksOf(shop, shopper.cartId),
        ({ soldUnits }) => soldUnits === (ends === 'paid' ? units : 0),
      );
      await expectBooksInOrder(shop, shopper);
    },
  );
});
