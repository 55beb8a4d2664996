import type { OrderStatus } from '../../src/domain/order.ts';
import type { OrderView } from '../../src/read-model/order-views.ts';
import { cartWorkflowId, getCartQuery, getStateQuery } from '../../workflows/cart.messages.ts';
import { booksOf } from './books.ts';
import type { Shop } from './shop.ts';
import { allReserved, until } from './shopper.ts';
import type { StallingNetwork } from './stalling-network.ts';

/** Dozens of carts wait at once: asking for each of them in haste would keep the machine from all of them. */
export const eventually = <T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> =>
  until(ask, holds, 60_000, 300);

/** Commands are not waited for longer than it takes to store them. */
const soon = { prefer: 'respond-async' };

/** A shopper of their own in a shop behind a network, with the steps that a checkout is made of. */
export async function openScene(shop: Shop, network: StallingNetwork) {
  const shopper = await shop.newShopper();
  const { cartId } = shopper;
  const workflow = shop.temporal.workflow.getHandle(cartWorkflowId(cartId));
  const state = () => workflow.query(getStateQuery);
  // Postgres may be too busy for a read, and is asked again.
  const lastOrder = async () => (await shopper.orders()).orders?.[0];
  const cart = () => eventually(shopper.cart, ({ version }) => version >= 0);

  async function whenReserved() {
    const { items } = await eventually(cart, (view) => view.items.length > 0 && allReserved(view));
    const { itemId, reservation } = items[0]!;
    return { itemId, reservationId: reservation.reservationId! };
  }

  async function whenPayable(): Promise<OrderView> {
    return (await eventually(lastOrder, (order) => (order?.payment ?? null) !== null))!;
  }

  const startCheckout = () => shopper.checkout(undefined, soon);
  const pay = ({ payment }: OrderView) => shop.payments.succeed(payment!.paymentId);

  return {
    ...{ shop, network, shopper, cartId, cart, workflow, whenReserved, whenPayable, startCheckout, pay },
    add: (name: string, quantity: number) => shopper.add(name, quantity, soon),
    async fill() {
      await shopper.add('apple', 2, soon);
      return await whenReserved();
    },
    async checkout(): Promise<OrderView> {
      await startCheckout();
      return await whenPayable();
    },
    async checkoutAndPay() {
      await startCheckout();
      await pay(await whenPayable());
    },
    whenNothingIsHeld: () => eventually(state, (stored) => stored?.holds.length === 0),
    /** The order has come to its end, nothing is under way, and all of it is written. */
    async whenSettled(ends: OrderStatus) {
      await eventually(lastOrder, (order) => order?.status === ends);
      const settled = await eventually(
        state,
        (stored) =>
          stored?.holds.every(({ status }) => status === 'held') === true && !stored.paymentTasks.length,
      );
      await eventually(cart, ({ version }) => version >= settled!.version);
    },
    books: () => booksOf(shop, cartId),
    cartInWorkflow: () => workflow.query(getCartQuery),
    async versionsWritten(): Promise<number[]> {
      const rows = await shop.sql<{ version: number }[]>`
        select version from cart_events where cart_id = ${cartId} order by version`;
      return rows.map(({ version }) => version);
    },
  };
}

export type Scene = Awaited<ReturnType<typeof openScene>>;
