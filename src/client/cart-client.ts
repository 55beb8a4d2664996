import { createCommands, type CommandOptions } from './commands.ts';
import { cartEvents, type CartEventsOptions } from './events.ts';
import { createSend, type Identify, type Request } from './send.ts';
import type {
  Cart,
  CheckoutOptions,
  ClaimedCart,
  NewItems,
  Order,
  OrderList,
  QuantityChange,
  Session,
} from './types.ts';

/** A session id, as `createSession` gives it. */
interface Guest {
  session: string;
  /** Told the same session with its full time again, once half of that has gone: keep it for the next visit. */
  onRenewal?: (session: string) => void;
}

/** A token of the shop's login; a function gives the one that is good by now. */
interface User {
  token: string | (() => string | Promise<string>);
}

export type CartOwner = Guest | User;

export type CartClientOptions = CartOwner & {
  /** Where the API is, such as `https://shop.example`. */
  baseUrl: string;
  fetch?: typeof fetch;
  /** How often a request is sent before it is given up. */
  attempts?: number;
  /** How long a command is waited for after it was accepted, in ms. */
  decideWithinMs?: number;
};

export interface ReadOptions {
  signal?: AbortSignal;
}

const carts = '/api/v1/carts';
const defaultAttempts = 5;

/** A new guest's session. */
export async function createSession(
  options: Pick<CartClientOptions, 'baseUrl' | 'fetch' | 'attempts'>,
): Promise<Session> {
  const send = createSend({ fetch, attempts: defaultAttempts, ...options });
  const response = await send({ method: 'POST', url: `${options.baseUrl}/api/v1/sessions` });
  return (await response.json()) as Session;
}

/**
 * A storefront's client of one cart. Commands resolve when they are applied; they reject with a CartProblemError
 * when they are refused, with an UndecidedError when they take too long.
 */
export function createCartClient(options: CartClientOptions) {
  const { baseUrl, decideWithinMs = 60_000 } = options;
  const send = createSend({
    attempts: defaultAttempts,
    identify: identityOf(options),
    ...options,
    fetch: hearing(options),
  });
  const cartPath = `${carts}/${'session' in options ? options.session : 'me'}`;
  const { command, outcome } = createCommands({ send, baseUrl, decideWithinMs });

  async function get<T>(path: string, { signal }: ReadOptions): Promise<T> {
    const response = await send({ method: 'GET', url: `${baseUrl}${path}`, signal });
    return (await response.json()) as T;
  }

  const cart = (read: ReadOptions = {}) => get<Cart>(cartPath, read);
  const order = (orderId: string, read: ReadOptions = {}) => get<Order>(`/api/v1/orders/${orderId}`, read);

  async function change(method: Request['method'], path: string, body: unknown, how: CommandOptions = {}) {
    const result = await command<Cart>(method, `${cartPath}${path}`, body, how);
    return 'answer' in result ? result.answer : await cart(how);
  }

  async function* orders(read: ReadOptions = {}): AsyncGenerator<Order> {
    for (let query = '', more = true; more;) {
      const page = await get<OrderList>(`${cartPath}/orders${query}`, read);
      yield* page.orders;
      query = `?cursor=${encodeURIComponent(page.next ?? '')}`;
      more = page.next !== null;
    }
  }

  return {
    cart,
    order,
    /** All orders, the latest first, page by page as they are read. */
    orders,
    /** What became of an accepted command, once it is decided. */
    outcome: (operationId: string, read: ReadOptions = {}) =>
      outcome(`${cartPath}/operations/${operationId}`, read),
    /** The cart now, and after each change, until the caller stops reading. */
    events: (from: CartEventsOptions = {}) => cartEvents({ send, url: `${baseUrl}${cartPath}/events` }, from),
    addItem: (items: NewItems, how?: CommandOptions) => change('POST', '/items', items, how),
    changeQuantity: (itemId: string, to: QuantityChange, how?: CommandOptions) =>
      change('PATCH', `/items/${itemId}`, to, how),
    removeItem: (itemId: string, how?: CommandOptions) =>
      change('DELETE', `/items/${itemId}`, undefined, how),
    clearItems: (how?: CommandOptions) => change('DELETE', '/items', undefined, how),
    cancelCheckout: (how?: CommandOptions) => change('DELETE', '/checkout', undefined, how),
    /** Resolves with the order: the same one, however often it is called. */
    async checkout(body: CheckoutOptions = {}, how: CommandOptions = {}): Promise<Order> {
      const result = await command<Order>('POST', `${cartPath}/checkout`, body, how);
      return 'answer' in result ? result.answer : await order(result.operation.orderId ?? '', how);
    },
    /** For a user: takes over the cart of a guest, whose session ends. Resolves when this cart has all of it. */
    async claim(guestSession: string, how: CommandOptions = {}): Promise<ClaimedCart> {
      const once = { idempotencyKey: crypto.randomUUID(), ...how };
      // Accepted by the guest's cart, then by this one: asked again after each, it says how far the claim is.
      for (;;) {
        const path = `${carts}/${guestSession}/claim`;
        const result = await command<ClaimedCart>('POST', path, undefined, once);
        if ('answer' in result) return result.answer;
      }
    },
  };
}

function identityOf(owner: CartOwner): Identify {
  if ('session' in owner) return () => ({ 'session-id': owner.session });
  const { token } = owner;
  return async () => ({ authorization: `Bearer ${typeof token === 'string' ? token : await token()}` });
}

function hearing(options: CartClientOptions): typeof fetch {
  const ask = options.fetch ?? fetch;
  if (!('session' in options)) return ask;
  const { session, onRenewal } = options;
  return async (...request) => {
    const answer = await ask(...request);
    const heard = answer.headers.get('session-id') ?? session;
    if (heard !== session) onRenewal?.(heard);
    return answer;
  };
}

export type CartClient = ReturnType<typeof createCartClient>;
