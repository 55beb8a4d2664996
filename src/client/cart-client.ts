import { createCommands, type CommandOptions } from './commands.ts';
import { cartEvents, type CartEventsOptions } from './events.ts';
import { createSend, type Request } from './send.ts';
import type { Cart, CheckoutOptions, NewItems, Order, OrderList, QuantityChange, Session } from './types.ts';

export interface CartClientOptions {
  /** Where the API is, such as `https://shop.example`. */
  baseUrl: string;
  /** A session id, as `createSession` gives it. */
  session: string;
  fetch?: typeof fetch;
  /** How often a request is sent before it is given up. */
  attempts?: number;
  /** How long a command is waited for after it was accepted, in ms. */
  decideWithinMs?: number;
}

export interface ReadOptions {
  signal?: AbortSignal;
}

const defaultAttempts = 5;

/** A new guest's session. */
export async function createSession(
  options: Pick<CartClientOptions, 'baseUrl' | 'fetch' | 'attempts'>,
): Promise<Session> {
  const send = createSend({ fetch, attempts: defaultAttempts, ...options });
  const response = await send({ method: 'POST', url: `${options.baseUrl}/api/v1/sessions`, headers: {} });
  return (await response.json()) as Session;
}

/**
 * A storefront's client of one cart. Commands resolve when they are applied; they reject with a CartProblemError
 * when they are refused, with an UndecidedError when they take too long.
 */
export function createCartClient(options: CartClientOptions) {
  const { baseUrl, session, decideWithinMs = 60_000 } = options;
  const send = createSend({ fetch, attempts: defaultAttempts, ...options });
  const cartUrl = `${baseUrl}/api/v1/carts/${session}`;
  const headers = { 'session-id': session };
  const { command, outcome } = createCommands({ send, cartUrl, headers, decideWithinMs });

  async function get<T>(url: string, { signal }: ReadOptions): Promise<T> {
    const response = await send({ method: 'GET', url, headers, signal });
    return (await response.json()) as T;
  }

  const cart = (read: ReadOptions = {}) => get<Cart>(cartUrl, read);
  const order = (orderId: string, read: ReadOptions = {}) =>
    get<Order>(`${baseUrl}/api/v1/orders/${orderId}`, read);

  async function change(method: Request['method'], path: string, body: unknown, how: CommandOptions = {}) {
    const result = await command<Cart>(method, path, body, how);
    return 'answer' in result ? result.answer : await cart(how);
  }

  async function* orders(read: ReadOptions = {}): AsyncGenerator<Order> {
    for (let query = '', more = true; more;) {
      const page = await get<OrderList>(`${cartUrl}/orders${query}`, read);
      yield* page.orders;
      query = `?cursor=${encodeURIComponent(page.next ?? '')}`;
      more = page.next !== null;
    }
  }

  return {
    session,
    cart,
    order,
    /** All orders, the latest first, page by page as they are read. */
    orders,
    /** What became of an accepted command, once it is decided. */
    outcome,
    /** The cart now, and after each change, until the caller stops reading. */
    events: (from: CartEventsOptions = {}) => cartEvents({ send, url: `${cartUrl}/events`, headers }, from),
    addItem: (items: NewItems, how?: CommandOptions) => change('POST', '/items', items, how),
    changeQuantity: (itemId: string, to: QuantityChange, how?: CommandOptions) =>
      change('PATCH', `/items/${itemId}`, to, how),
    removeItem: (itemId: string, how?: CommandOptions) =>
      change('DELETE', `/items/${itemId}`, undefined, how),
    clearItems: (how?: CommandOptions) => change('DELETE', '/items', undefined, how),
    cancelCheckout: (how?: CommandOptions) => change('DELETE', '/checkout', undefined, how),
    /** Resolves with the order: the same one, however often it is called. */
    async checkout(body: CheckoutOptions = {}, how: CommandOptions = {}): Promise<Order> {
      const result = await command<Order>('POST', '/checkout', body, how);
      return 'answer' in result ? result.answer : await order(result.operation.orderId ?? '', how);
    },
  };
}

export type CartClient = ReturnType<typeof createCartClient>;
