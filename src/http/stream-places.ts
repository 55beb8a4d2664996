import { fail } from './problem.ts';

export interface StreamLimits {
  perCart: number;
  perProcess: number;
}

/** The live streams of this process, of which there are not more than it has room for. */
export interface StreamPlaces {
  readonly taken: number;
  /** Calls `end` when the process stops. Returns the way to give the place back; throws when there is none. */
  take(cartId: string, end: () => void): () => void;
  /** Ends every stream, and takes no new one: their clients reconnect, to another process. */
  close(): void;
}

export function createStreamPlaces({ perCart, perProcess }: StreamLimits): StreamPlaces {
  const byCart = new Map<string, Set<() => void>>();
  let taken = 0;
  let closed = false;
  return {
    get taken() {
      return taken;
    },
    take(cartId, end) {
      if (closed) throw fail('streams_full', 'This process is stopping. Connect again.');
      if (taken >= perProcess) {
        throw fail('streams_full', 'No more live streams fit here just now. Read the cart, or try again.');
      }
      const ends = byCart.get(cartId) ?? new Set();
      if (ends.size >= perCart) {
        const detail = `This cart has ${perCart} live streams already. Close one, or read the cart.`;
        throw fail('too_many_streams', detail);
      }
      byCart.set(cartId, ends.add(end));
      taken += 1;
      return () => {
        if (!ends.delete(end)) return;
        taken -= 1;
        if (ends.size === 0) byCart.delete(cartId);
      };
    },
    close() {
      closed = true;
      for (const ends of byCart.values()) for (const end of ends) end();
    },
  };
}
