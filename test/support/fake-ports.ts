import type { ActivityPorts } from '../../activities/index.ts';
import type {
  CartInbox,
  OrderBook,
  PaymentService,
  ReserveEntry,
  ReserveResult,
} from '../../activities/ports.ts';
import type { CartSave, StoredCart } from '../../src/domain/persistence.ts';
import { createFakeOrderBook } from './fake-order-book.ts';
import { createFakePayments } from './fake-payments.ts';

interface FakePorts extends ActivityPorts {
  payments: PaymentService;
  orders: OrderBook;
}

/** Ports in memory for workflow tests: time and failures are the test's to choose. */
export function createFakePorts() {
  const saves: CartSave[] = [];
  const held = new Map<string, { reservationId: string; quantity: number }>();
  /** Released before or after they took effect: never honoured again. */
  const releasedKeys = new Set<string>();
  /** Units by reservation. */
  const sold = new Map<string, number>();
  const calls: { reserve: ReserveEntry[][]; adjust: number; release: number; commit: number } = {
    reserve: [],
    adjust: 0,
    release: 0,
    commit: 0,
  };
  const behaviour = {
    /** Runs before every reservation takes effect; throw to make the call fail. */
    beforeReserve: async (_signal: AbortSignal): Promise<void> => {},
    beforeSave: async (): Promise<void> => {},
    beforeAdjust: async (): Promise<void> => {},
    beforeCommit: async (): Promise<void> => {},
    beforePayment: async (_call: 'request' | 'cancel' | 'refund'): Promise<void> => {},
    beforePlace: async (): Promise<void> => {},
    beforePrices: async (): Promise<void> => {},
    /** Where another cart is sent a command. */
    send: (async () => {}) as CartInbox['send'],
    outOfStock: new Set<string>(),
    /** Instead of 100 each, as of the next time that prices are asked. */
    unitPriceMinor: new Map<string, number>(),
    /** When the service ends a hold that is made or renewed now. */
    expiresAt: (): number | undefined => undefined,
  };
  const expiry = (): { expiresAt?: number } => {
    const expiresAt = behaviour.expiresAt();
    return expiresAt === undefined ? {} : { expiresAt };
  };
  const entryOf = (reservationId: string) =>
    [...held].find(([, candidate]) => candidate.reservationId === reservationId);

  const book = createFakeOrderBook(() => behaviour.beforePlace());
  const payment = createFakePayments((call) => behaviour.beforePayment(call));
  const ports: FakePorts = {
    orders: book.orders,
    payments: payment.payments,
    carts: {
      async save(save) {
        await behaviour.beforeSave();
        saves.push(save);
      },
      async load(cartId): Promise<StoredCart | undefined> {
        const own = saves.filter(({ cart }) => cart.cartId === cartId);
        const last = own.at(-1);
        const outcomes = own.flatMap((save) => save.outcomes);
        return (
          last && {
            cart: last.cart,
            recentOperations: outcomes.map(({ operationId, at }) => ({ operationId, at })),
          }
        );
      },
    },
    inbox: { send: (cartId, envelope, settings) => behaviour.send(cartId, envelope, settings) },
    catalog: {
      async prices(names) {
        await behaviour.beforePrices();
        const priceOf = (name: string) => behaviour.unitPriceMinor.get(name) ?? 100;
        return Object.fromEntries(
          names.map((name) => [name, { status: 'known', unitPriceMinor: priceOf(name) }]),
        );
      },
    },
    reservations: {
      async reserve(entries, signal) {
        calls.reserve.push([...entries]);
        await behaviour.beforeReserve(signal);
        return entries.map(({ key, item, quantity }): ReserveResult => {
          if (behaviour.outOfStock.has(item)) return { key, status: 'unavailable', reason: 'out of stock' };
          if (!releasedKeys.has(key) && !sold.has(`r-${key}`))
            held.set(key, { reservationId: `r-${key}`, quantity });
          return { key, status: 'reserved', reservationId: `r-${key}`, ...expiry() };
        });
      },
      async adjust({ reservationId, quantity }) {
        calls.adjust += 1;
        await behaviour.beforeAdjust();
        const [, hold] = entryOf(reservationId) ?? [];
        if (!hold) return { status: 'gone' };
        hold.quantity = quantity;
        return { status: 'adjusted', ...expiry() };
      },
      async release(hold) {
        calls.release += 1;
        if (hold.by === 'key') releasedKeys.add(hold.key);
        for (const [key, { reservationId }] of held) {
          if (hold.by === 'key' ? hold.key !== key : hold.reservationId !== reservationId) continue;
          releasedKeys.add(key);
          held.delete(key);
        }
      },
      async commit(reservationId) {
        calls.commit += 1;
        await behaviour.beforeCommit();
        if (sold.has(reservationId)) return 'committed';
        const [key, hold] = entryOf(reservationId) ?? [];
        if (key === undefined || !hold) return 'gone';
        held.delete(key);
        sold.set(reservationId, hold.quantity);
        return 'committed';
      },
    },
  };
  return { ports, saves, held, sold, calls, behaviour, book, payment };
}
