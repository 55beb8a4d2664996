import type { Client } from '@temporalio/client';
import type { CartStatus } from '../../src/domain/cart.ts';
import { cartWorkflowId, wakeSignal } from '../../workflows/cart.messages.ts';
import type { createPaymentStubClient } from './payment-stub-client.ts';
import { allReserved, until, type Shopper } from './shopper.ts';

/** What the lives need of a shop, be it that of a test or a stack of its own. */
export interface Place {
  newShopper(): Promise<Shopper>;
  control(change: { latencyMs: number }): Promise<unknown>;
  payments: ReturnType<typeof createPaymentStubClient>;
  temporal: Client;
}

/** A cart that is open when new workers come, and what becomes of it. */
interface Life {
  name: string;
  /** Until the cart is where it should be when the new workers come. */
  open(place: Place, shopper: Shopper): Promise<void>;
  goOn(place: Place, shopper: Shopper): Promise<void>;
  /** How the cart is then. */
  ends: { status: CartStatus; units: number };
}

const patienceMs = 45_000;
const waitLong = { prefer: 'wait=20' };
const atOnce = { prefer: 'respond-async' };

async function fill(_: Place, shopper: Shopper): Promise<void> {
  await shopper.add('apple', 2, waitLong);
  await until(shopper.cart, allReserved, patienceMs);
}

async function askForPayment(place: Place, shopper: Shopper): Promise<void> {
  await fill(place, shopper);
  await shopper.checkout(undefined, waitLong);
}

async function pay({ payments }: Place, shopper: Shopper): Promise<void> {
  const payable = async () => (await shopper.orders()).orders[0];
  const order = await until(payable, (found) => Boolean(found?.payment), patienceMs);
  await payments.succeed(order!.payment!.paymentId);
  await until(shopper.cart, ({ status }) => status === 'completed', patienceMs);
}

async function buy(place: Place, shopper: Shopper): Promise<void> {
  await askForPayment(place, shopper);
  await pay(place, shopper);
  await place.temporal.workflow.getHandle(cartWorkflowId(shopper.cartId)).result();
}

const addPear = async (_: Place, shopper: Shopper) => {
  await shopper.add('pear', 1, waitLong);
  await until(shopper.cart, allReserved, patienceMs);
};

/** What asks for nothing, and yet lets a cart at rest look around. */
export async function wake(
  { temporal }: Pick<Place, 'temporal'>,
  { cartId }: Pick<Shopper, 'cartId'>,
): Promise<void> {
  await temporal.workflow.getHandle(cartWorkflowId(cartId)).signal(wakeSignal);
}

const quiet: Life[] = [
  { name: 'at rest, used again', open: fill, goOn: addPear, ends: { status: 'active', units: 3 } },
  {
    name: 'at rest, woken',
    open: fill,
    goOn: wake,
    ends: { status: 'active', units: 2 },
  },
  { name: 'awaiting payment', open: askForPayment, goOn: pay, ends: { status: 'completed', units: 2 } },
  { name: 'bought, filled again', open: buy, goOn: addPear, ends: { status: 'active', units: 1 } },
];

/** Opened with reservations that take long enough to be under way when the new workers come. */
const underWay: Life[] = [
  {
    name: 'reserving',
    open: async (_, shopper) => void (await shopper.add('apple', 2, waitLong)),
    goOn: async (_, shopper) => void (await until(shopper.cart, allReserved, patienceMs)),
    ends: { status: 'active', units: 2 },
  },
  {
    name: 'removed while reserving',
    open: async (_, shopper) => {
      const { body } = await shopper.add('apple', 2, waitLong);
      await shopper.remove(body.items[0]!.itemId);
    },
    goOn: wake,
    ends: { status: 'active', units: 0 },
  },
  {
    name: 'checking out',
    open: async (_, shopper) => {
      await shopper.add('apple', 2, waitLong);
      await shopper.checkout(undefined, atOnce);
      await until(shopper.cart, ({ status }) => status === 'checking_out', patienceMs);
    },
    goOn: pay,
    ends: { status: 'completed', units: 2 },
  },
];

export interface OpenCart extends Life {
  shopper: Shopper;
}

/** `each` carts of every life, the quick ones first. Reservations go on taking `reservationMs`. */
export async function openCarts(place: Place, each: number, reservationMs: number): Promise<OpenCart[]> {
  const open = async (life: Life): Promise<OpenCart> => {
    const shopper = await place.newShopper();
    await life.open(place, shopper);
    return { ...life, shopper };
  };
  const times = (lives: Life[]) => Array.from({ length: each }, () => lives).flat();
  const first = await Promise.all(times(quiet).map(open));
  await place.control({ latencyMs: reservationMs });
  const second = await Promise.all(times(underWay).map(open));
  return [...first, ...second];
}
