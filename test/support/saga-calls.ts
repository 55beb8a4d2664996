import type { OrderStatus } from '../../src/domain/order.ts';
import { eventually, type Scene } from './saga-scene.ts';

/** A call that a cart makes: how its requests are told from all others, what makes it, and the life after it. */
export interface SagaCall {
  activity: string;
  carries(bytes: string): boolean;
  make(): Promise<unknown>;
  goOn?(): Promise<unknown>;
  ends: OrderStatus;
}

/** Leads a cart up to the call. */
type UpTo = (scene: Scene) => Promise<SagaCall>;

const all =
  (...parts: string[]) =>
  (bytes: string): boolean =>
    parts.every((part) => bytes.includes(part));

/** What is saved of a cart, rather than a mere id. */
const isSave = all('"cart_id"');

async function reservedThenPaid(scene: Scene): Promise<void> {
  await scene.whenReserved();
  await scene.checkoutAndPay();
}

export const requestOf = {
  reserve: ({ cartId }: Scene) => all('POST /reserve ', cartId),
  adjust: ({ cartId }: Scene) => all('PUT /reservations/', cartId),
  payment: ({ cartId }: Scene) => all('POST /payments ', cartId),
  order: ({ cartId }: Scene) => {
    const isOrder = all(`${cartId}-1`, '"lineTotalMinor"');
    return (bytes: string) => isOrder(bytes) && !isSave(bytes);
  },
};

export const serviceCalls: Record<string, UpTo> = {
  reserve: async (scene) => ({
    activity: 'reserve',
    carries: requestOf.reserve(scene),
    make: () => scene.add('apple', 2),
    goOn: () => reservedThenPaid(scene),
    ends: 'paid',
  }),
  async adjust(scene) {
    const { itemId } = await scene.fill();
    return {
      activity: 'adjust',
      carries: requestOf.adjust(scene),
      make: () => scene.shopper.change(itemId, 3),
      goOn: () => reservedThenPaid(scene),
      ends: 'paid',
    };
  },
  async release(scene) {
    const { itemId, reservationId } = await scene.fill();
    await scene.shopper.add('pear', 1);
    await scene.whenReserved();
    return {
      activity: 'release',
      carries: all(`DELETE /reservations/${reservationId} `),
      make: () => scene.shopper.remove(itemId),
      goOn: scene.checkoutAndPay,
      ends: 'paid',
    };
  },
  async commit(scene) {
    const { reservationId } = await scene.fill();
    const order = await scene.checkout();
    return {
      activity: 'commit',
      carries: all(`POST /reservations/${reservationId}/commit `),
      make: () => scene.pay(order),
      ends: 'paid',
    };
  },
  async 'request payment'(scene) {
    await scene.fill();
    return {
      activity: 'requestPayment',
      carries: requestOf.payment(scene),
      make: scene.startCheckout,
      goOn: async () => scene.pay(await scene.whenPayable()),
      ends: 'paid',
    };
  },
  async 'cancel payment'(scene) {
    await scene.fill();
    const { orderId } = await scene.checkout();
    return {
      activity: 'cancelPayment',
      carries: all(`DELETE /payments?order_id=${orderId} `),
      make: scene.shopper.cancelCheckout,
      ends: 'cancelled',
    };
  },
  async refund(scene) {
    await scene.fill();
    const order = await scene.checkout();
    const { paymentId } = order.payment!;
    // Paid, but the shop hears of it when the holds are gone.
    const news = scene.network.stall(all('POST /api/v1/webhooks/payments ', paymentId), 'arrives late');
    await scene.pay(order);
    await scene.shopper.cancelCheckout();
    await scene.shopper.clear();
    await scene.whenNothingIsHeld();
    return {
      activity: 'refundPayment',
      carries: all(`POST /payments/${paymentId}/refund `),
      make: news.end,
      ends: 'refunded',
    };
  },
};

/** The service ends holds by itself: time makes this call. */
export const renewal: UpTo = async (scene) => {
  await scene.fill();
  return {
    activity: 'adjust',
    carries: requestOf.adjust(scene),
    make: async () => {},
    goOn: () => reservedThenPaid(scene),
    ends: 'paid',
  };
};

export const databaseReads: Record<string, UpTo> = {
  async load(scene) {
    await scene.fill();
    await scene.checkoutAndPay();
    await scene.workflow.result();
    return {
      activity: 'loadCart',
      carries: (bytes) => bytes.includes(scene.cartId) && !isSave(bytes),
      make: () => scene.add('pear', 1),
      goOn: () => eventually(scene.cart, ({ status }) => status === 'active'),
      ends: 'paid',
    };
  },
  async prices(scene) {
    const name = `plum of ${scene.cartId}`;
    await scene.shop.sql`insert into products (name, unit_price_minor) values (${name}, 60)`;
    return {
      activity: 'priceItems',
      // The API's own request too: it then leaves the prices to the cart.
      carries: (bytes) => bytes.includes(name) && !isSave(bytes),
      make: () => scene.add(name, 1),
      goOn: () => reservedThenPaid(scene),
      ends: 'paid',
    };
  },
};

export const databaseWrites: Record<string, UpTo> = {
  async save(scene) {
    await scene.fill();
    const order = await scene.checkout();
    return {
      activity: 'saveCart',
      carries: (bytes) => bytes.includes(scene.cartId) && isSave(bytes),
      make: () => scene.pay(order),
      ends: 'paid',
    };
  },
  async 'place order'(scene) {
    await scene.fill();
    return {
      activity: 'placeOrder',
      carries: requestOf.order(scene),
      make: scene.startCheckout,
      goOn: async () => scene.pay(await scene.whenPayable()),
      ends: 'paid',
    };
  },
};
