import postgres from 'postgres';

export const cartFeedChannel = 'cart_feed';

/** What the projector tells all API processes after each write; at most 8,000 bytes. */
export interface CartNotice {
  cartId: string;
  version: number;
  operationIds: readonly string[];
}

export interface CartFeed {
  /** False while the listening connection is lost: requests that wait then look for themselves. */
  readonly connected: boolean;
  /** Calls `onOutcome` when the operation's outcome is written. Returns the way to stop watching. */
  watch(operationId: string, onOutcome: () => void): () => void;
  /** Tells of every cart that is saved. Returns the way to stop listening. */
  subscribe(listener: CartFeedListener): () => void;
  close(): Promise<void>;
}

export interface CartFeedListener {
  onSaved(cartId: string): void;
  /** The connection stands (again): what was told before may have been missed. */
  onConnected(): void;
}

const reconnectAfterMs = 250;

/** One listening connection a process, shared by all requests; lost, it is opened again until it stands. */
export function createCartFeed(databaseUrl: string): CartFeed {
  const watchers = new Map<string, Set<() => void>>();
  const listeners = new Set<CartFeedListener>();
  let connected = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  // The driver's own `listen` does not say when its connection is lost, nor listen again after a failed retry.
  const options: postgres.Options<Record<string, never>> & {
    onnotify: (channel: string, payload: string) => void;
  } = {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    fetch_types: false,
    connect_timeout: 2,
    backoff: false,
    connection: { application_name: 'durable-cart feed' },
    onnotify: (_channel, payload) => deliver(payload, watchers, listeners),
    onclose: () => {
      connected = false;
      listenLater();
    },
  };
  const client = postgres(databaseUrl, options);

  async function listen() {
    try {
      await client.unsafe(`listen ${cartFeedChannel}`);
      connected = true;
      for (const listener of listeners) listener.onConnected();
    } catch {
      listenLater();
    }
  }

  function listenLater() {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => void listen(), reconnectAfterMs);
  }

  void listen();
  return {
    get connected() {
      return connected;
    },
    watch(operationId, onOutcome) {
      const set = watchers.get(operationId) ?? new Set();
      watchers.set(operationId, set.add(onOutcome));
      return () => {
        set.delete(onOutcome);
        if (set.size === 0) watchers.delete(operationId);
      };
    },
    subscribe: (listener) => added(listeners, listener),
    async close() {
      closed = true;
      clearTimeout(retry);
      await client.end({ timeout: 1 });
    },
  };
}

function added<T>(set: Set<T>, member: T): () => void {
  set.add(member);
  return () => void set.delete(member);
}

function deliver(
  payload: string,
  watchers: ReadonlyMap<string, ReadonlySet<() => void>>,
  listeners: ReadonlySet<CartFeedListener>,
): void {
  const { cartId, operationIds } = JSON.parse(payload) as CartNotice;
  for (const operationId of operationIds) {
    for (const notify of watchers.get(operationId) ?? []) notify();
  }
  for (const listener of listeners) listener.onSaved(cartId);
}
