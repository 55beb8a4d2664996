import type { Cart } from '../domain/cart.ts';

/** Where a stream is written to. Each write resolves when the client has room for more. */
export interface StreamWriter {
  hello(): Promise<unknown>;
  cart(cart: Cart | undefined): Promise<unknown>;
  heartbeat(): Promise<unknown>;
  /** Gives up what is being written. */
  drop(): void;
}

export interface CartStreamOptions {
  /** The version that the client has seen last. */
  lastSeen: number | undefined;
  heartbeatMs: number;
  /** ms since the epoch, of its session. */
  expiresAt: number;
  now?: () => number;
}

export interface CartStream {
  push(cart: Cart | undefined): void;
  /** Whatever the reason: the client is gone, or the process stops. */
  end(): void;
  /** Writes until the stream ends. */
  writeTo(writer: StreamWriter): Promise<void>;
}

/** A client that takes nothing for so many heartbeats is let go. */
const stalledHeartbeats = 2;
/** When the stream ends, what is being written has this long. */
export const lastWriteMs = 1_000;

/** One client's view of a cart: only the newest state waits for a client that is slow. */
export function createCartStream(options: CartStreamOptions): CartStream {
  const { lastSeen, heartbeatMs, expiresAt, now = Date.now } = options;
  let waiting: { cart: Cart | undefined } | undefined;
  let isFirst = true;
  let ended = false;
  let wake = () => {};
  let cutAfter = (_ms: number) => {};

  const isOver = () => ended || now() >= expiresAt;

  /** False when the time is up. */
  function woken(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), ms);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async function write(writer: StreamWriter, writing: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    cutAfter = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => writer.drop(), ms);
    };
    cutAfter(stalledHeartbeats * heartbeatMs);
    await writing;
    clearTimeout(timer);
    cutAfter = () => {};
  }

  return {
    push(cart) {
      // Another version than the client's, also a lower one: what was seen of a killed worker's task is corrected.
      const isSeen = isFirst && (cart?.version ?? 0) === lastSeen;
      isFirst = false;
      if (isSeen) return;
      waiting = { cart };
      wake();
    },
    end() {
      ended = true;
      wake();
      cutAfter(lastWriteMs);
    },
    async writeTo(writer) {
      await write(writer, writer.hello());
      while (!isOver()) {
        if (waiting) {
          const { cart } = waiting;
          waiting = undefined;
          await write(writer, writer.cart(cart));
        } else if (!(await woken(Math.min(heartbeatMs, expiresAt - now()))) && !isOver()) {
          await write(writer, writer.heartbeat());
        }
      }
    },
  };
}
