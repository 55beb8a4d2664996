import type { ActivityPorts } from '../../activities/index.ts';
import type { ReserveEntry, ReserveResult } from '../../activities/ports.ts';
import type { CartSave, StoredCart } from '../../src/domain/persistence.ts';

/** Ports in memory for workflow tests: time and failures are the test's to choose. */
export function createFakePorts() {
  const saves: CartSave[] = [];
  const held = new Map<string, { reservationId: string; quantity: number }>();
  const calls: { reserve: ReserveEntry[][]; release: number } = { reserve: [], release: 0 };
  const behaviour = {
    /** Runs before every reservation takes effect; throw to make the call fail. */
    beforeReserve: async (_signal: AbortSignal): Promise<void> => {},
    beforeSave: async (): Promise<void> => {},
    beforePrices: async (): Promise<void> => {},
    outOfStock: new Set<string>(),
  };

  const ports: ActivityPorts = {
    carts: {
      async save(save) {
        await behaviour.beforeSave();
        saves.push(save);
      },
      async load(): Promise<StoredCart | undefined> {
        const last = saves.at(-1);
        const outcomes = saves.flatMap((save) => save.outcomes);
        return (
          last && {
            cart: last.cart,
            recentOperations: outcomes.map(({ operationId, at }) => ({ operationId, at })),
          }
        );
      },
    },
    catalog: {
      async prices(names) {
        await behaviour.beforePrices();
        return Object.fromEntries(names.map((name) => [name, { status: 'known', unitPriceMinor: 100 }]));
      },
    },
    reservations: {
      async reserve(entries, signal) {
        calls.reserve.push([...entries]);
        await behaviour.beforeReserve(signal);
        return entries.map(({ key, item, quantity }): ReserveResult => {
          if (behaviour.outOfStock.has(item)) return { key, status: 'unavailable', reason: 'out of stock' };
          held.set(key, { reservationId: `r-${key}`, quantity });
          return { key, status: 'reserved', reservationId: `r-${key}` };
        });
      },
      async adjust({ reservationId, quantity }) {
        const hold = [...held.values()].find((candidate) => candidate.reservationId === reservationId);
        if (hold) hold.quantity = quantity;
        return { status: 'adjusted' };
      },
      async release(hold) {
        calls.release += 1;
        for (const [key, { reservationId }] of held) {
          if (hold.by === 'key' ? hold.key === key : hold.reservationId === reservationId) held.delete(key);
        }
      },
    },
  };
  return { ports, saves, held, calls, behaviour };
}
