import type { ActivityPorts } from '../../activities/index.ts';

/** `error`: before any effect. `lost`: after the effect, the answer never comes. */
export type Fault = 'error' | 'lost';

/** The ports, with one call that goes wrong: the `failing`-th of all, counted from 0. `calls` names each. */
export function createFaultyPorts(
  ports: ActivityPorts,
  failing: { call: number; fault: Fault } | undefined,
): { ports: ActivityPorts; calls: string[] } {
  const calls: string[] = [];

  async function goWrong(invoke: () => Promise<unknown>): Promise<unknown> {
    if (failing?.fault === 'error') throw new Error('connect ECONNREFUSED');
    await invoke();
    throw new Error('socket hang up');
  }

  function wrap<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get(target, method: string & keyof Port) {
        const original = target[method] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => {
          calls.push(`${name}.${method}`);
          const invoke = () => original.apply(target, args);
          return calls.length - 1 === failing?.call ? goWrong(invoke) : invoke();
        };
      },
    });
  }

  return {
    calls,
    ports: {
      carts: wrap('carts', ports.carts),
      inbox: wrap('inbox', ports.inbox),
      catalog: wrap('catalog', ports.catalog),
      orders: wrap('orders', ports.orders),
      payments: wrap('payments', ports.payments),
      reservations: wrap('reservations', ports.reservations),
    },
  };
}
