import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { cartWorkflowId } from '../../../workflows/cart.messages.ts';
import { createCartClient, createSession, type Cart } from '../../client/index.ts';
import type {
  Control as PaymentControl,
  ControlChange as PaymentControlChange,
} from '../payment-stub/control.ts';
import type { Login } from '../login.ts';
import type { Control, ControlChange } from '../reservation-stub/control.ts';

export interface DemoCart {
  /** What there is to see, for people. */
  special: string;
  status: string;
  cartId: string;
  /** With which it is asked for. */
  owner: { session: string } | { token: string };
}

export interface DemoCartsOptions {
  apiUrl: string;
  stubUrl: string;
  paymentUrl: string;
  temporal: { connection: ConnectionOptions; namespace: string };
  /** Makes tokens of users, where the stack takes ours. */
  tokenFor?: Login | undefined;
}

/** Long enough to look at, and below the default RESERVATION_ATTEMPT_TIMEOUT of two minutes. */
const pendingLatencyMs = 100_000;
const soldOut = 'durian';
/** How long a demo cart may take to get where it should be. */
const shownWithinMs = 30_000;

/**
 * Makes one cart after the other as a shopper would, by HTTP. The stub answers at once meanwhile, except to
 * the last carts, and no payment decides itself; both are set back in the end. What is sold out stays so until
 * the stub restarts.
 */
export async function* makeDemoCarts(options: DemoCartsOptions): AsyncGenerator<DemoCart> {
  const { apiUrl, paymentUrl } = options;
  const stub = createStub(options.stubUrl);
  const payments = createPayments(paymentUrl);
  const { latencyMs } = await stub.control({ stock: { [soldOut]: 0 } });
  const { auto } = await payments.control({});
  try {
    await stub.control({ latencyMs: 0 });
    await payments.control({ auto: 'off' });
    yield await reserved(apiUrl);
    yield await withUnavailableLine(apiUrl);
    yield await abandoned(options);
    yield await awaitingPayment(apiUrl);
    yield await completed(apiUrl, payments);
    if (options.tokenFor) yield await claimed(apiUrl, options.tokenFor);
    await stub.control({ latencyMs: pendingLatencyMs });
    yield await pending(apiUrl, stub);
    yield await checkingOut(apiUrl, stub);
  } finally {
    await stub.control({ latencyMs });
    await payments.control({ auto });
  }
}

async function reserved(apiUrl: string): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await shopper.client.addItem({
    items: [
      { name: 'apple', quantity: 6 },
      { name: 'pear', quantity: 2 },
      { name: 'cherry', quantity: 1 },
    ],
  });
  return await shopper.describe('Everything is reserved', every('reserved'));
}

async function withUnavailableLine(apiUrl: string): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await shopper.client.addItem({
    items: [
      { name: 'mango', quantity: 2 },
      { name: soldOut, quantity: 1 },
    ],
  });
  const special = `One line is unavailable: the stub has no ${soldOut}`;
  return await shopper.describe(special, (cart) =>
    cart.items.some(({ reservation }) => reservation.status === 'unavailable'),
  );
}

async function abandoned({ apiUrl, temporal }: DemoCartsOptions): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await shopper.client.addItem({ name: 'melon', quantity: 1 });
  await shopper.shows(every('reserved'));
  const connection = await Connection.connect(temporal.connection);
  try {
    const client = new Client({ connection, namespace: temporal.namespace });
    await client.workflow.getHandle(cartWorkflowId(shopper.cartId)).cancel();
  } finally {
    await connection.close();
  }
  const special = 'Abandoned: its hold is released, the next command resumes it';
  return await shopper.describe(special, (cart) => cart.status === 'abandoned');
}

async function awaitingPayment(apiUrl: string): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await shopper.client.addItem({ name: 'grape', quantity: 2 });
  const { orderNumber, payment } = await shopper.order();
  const special = `Awaiting payment of ${orderNumber}: pay it at ${payment.url}`;
  return await shopper.describe(special, (cart) => cart.status === 'awaiting_payment');
}

async function completed(apiUrl: string, payments: ReturnType<typeof createPayments>): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await shopper.client.addItem({
    items: [
      { name: 'pineapple', quantity: 1 },
      { name: 'lemon', quantity: 4 },
    ],
  });
  const { orderNumber, payment } = await shopper.order();
  await payments.succeed(payment.paymentId);
  const special = `Completed: ${orderNumber} is paid; the next item starts the next cart`;
  return await shopper.describe(special, (cart) => cart.status === 'completed' && every('sold')(cart));
}

async function claimed(apiUrl: string, tokenFor: Login): Promise<DemoCart> {
  const guest = await newShopper(apiUrl);
  await guest.client.addItem({ name: 'kiwi', quantity: 3 });
  await guest.shows(every('reserved'));
  const token = await tokenFor({ subject: `shopper-${crypto.randomUUID()}@example.org` });
  const user = createCartClient({ baseUrl: apiUrl, token });
  await user.addItem({ name: 'plum', quantity: 2 });
  const cart = await user.claim(guest.sessionId);
  const special = "A user's cart, with what was claimed from a guest's; that session is over";
  return { special, status: cart.status, cartId: cart.cartId, owner: { token } };
}

async function pending(apiUrl: string, stub: Stub): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await addSlowly(shopper, stub);
  const special = `Pending: the stub answers in ${pendingLatencyMs / 1_000} s, then it is reserved`;
  return await shopper.describe(special, every('pending'));
}

async function checkingOut(apiUrl: string, stub: Stub): Promise<DemoCart> {
  const shopper = await newShopper(apiUrl);
  await addSlowly(shopper, stub);
  const leaving = new AbortController();
  const order = shopper.client.checkout({}, { signal: leaving.signal });
  const special = `Checking out: the order is placed when the stub answers, in ${pendingLatencyMs / 1_000} s`;
  const [demo] = await Promise.all([
    shopper.describe(special, (cart) => cart.status === 'checking_out').finally(() => leaving.abort()),
    order.catch(() => {}),
  ]);
  return demo;
}

/** The stub takes the latency of the moment when the call arrives: waits for that. */
async function addSlowly(shopper: Awaited<ReturnType<typeof newShopper>>, stub: Stub): Promise<void> {
  const before = await stub.reserveCalls();
  await shopper.client.addItem({ name: 'quince', quantity: 3 });
  await until(stub.reserveCalls, (calls) => calls > before);
}

async function newShopper(apiUrl: string) {
  const { sessionId, cart } = await createSession({ baseUrl: apiUrl });
  const { cartId } = cart;
  const client = createCartClient({ baseUrl: apiUrl, session: sessionId });
  const shows = (holds: (cart: Cart) => boolean) =>
    first(client.events({ signal: AbortSignal.timeout(shownWithinMs) }), holds);
  return {
    cartId,
    sessionId,
    client,
    shows,
    /** Checks out, and has the order once it can be paid. */
    async order() {
      await shows(every('reserved'));
      const { orderId } = await client.checkout();
      const { orderNumber, payment } = await until(
        () => client.order(orderId),
        (order) => order.payment !== null,
      );
      if (!payment) throw new Error('A demo order cannot be paid');
      return { orderNumber, payment };
    },
    async describe(special: string, holds: (cart: Cart) => boolean): Promise<DemoCart> {
      const { status } = await shows((view) => view.items.length > 0 && holds(view));
      return { special, status, cartId, owner: { session: sessionId } };
    },
  };
}

async function first<T>(values: AsyncIterable<T>, holds: (value: T) => boolean): Promise<T> {
  for await (const value of values) if (holds(value)) return value;
  throw new Error('A demo cart is not as expected');
}

type Stub = ReturnType<typeof createStub>;

function createStub(stubUrl: string) {
  return {
    control: (change: ControlChange) => request<Control>('PUT', `${stubUrl}/control`, change),
    async reserveCalls(): Promise<number> {
      const { calls } = await request<{ calls: Record<string, number> }>('GET', `${stubUrl}/ledger`);
      return calls['reserve'] ?? 0;
    },
  };
}

function createPayments(paymentUrl: string) {
  return {
    control: (change: PaymentControlChange) =>
      request<PaymentControl>('PUT', `${paymentUrl}/control`, change),
    /** What a shopper does on the payment page. */
    succeed: (paymentId: string) => request('POST', `${paymentUrl}/payments/${paymentId}/succeed`),
  };
}

const every = (status: string) => (cart: Cart) =>
  cart.items.every(({ reservation }) => reservation.status === status);

async function request<T>(
  method: string,
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const init = { method, headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${new URL(url).origin} was answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Asks again until the condition holds; throws after 30 s. */
async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const giveUpAt = performance.now() + 30_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > giveUpAt) throw new Error('A demo cart is not as expected after 30 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
