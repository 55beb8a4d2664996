import type { CartView } from '../../src/domain/cart-view.ts';
import type { OrderView } from '../../src/read-model/order-views.ts';

export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** A storefront's view of the API: plain HTTP on one session. */
export async function createShopper(baseUrl: string) {
  async function call<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const init = { method, headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(
      `${baseUrl}${path}`,
      body === undefined ? init : { ...init, body: JSON.stringify(body) },
    );
    const text = await response.text();
    const answer: Answer<T> = {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    };
    return answer;
  }

  const { body: session } = await call<{ sessionId: string; cart: CartView }>('POST', '/api/v1/sessions');
  const cartPath = `/api/v1/carts/${session.sessionId}`;

  return {
    sessionId: session.sessionId,
    cartId: session.cart.cartId,
    call,
    cart: async () => (await call<CartView>('GET', cartPath)).body,
    add: (name: string, quantity: number, headers?: Record<string, string>) =>
      call<CartView>('POST', `${cartPath}/items`, { name, quantity }, headers),
    addMany: (items: { name: string; quantity: number }[], headers?: Record<string, string>) =>
      call<CartView>('POST', `${cartPath}/items`, { items }, headers),
    change: (itemId: string, quantity: number, headers?: Record<string, string>) =>
      call<CartView>('PATCH', `${cartPath}/items/${itemId}`, { quantity }, headers),
    remove: (itemId: string) => call<CartView>('DELETE', `${cartPath}/items/${itemId}`),
    clear: () => call<CartView>('DELETE', `${cartPath}/items`),
    checkout: (body?: object, headers?: Record<string, string>) =>
      call<OrderView>('POST', `${cartPath}/checkout`, body, headers),
    cancelCheckout: () => call<CartView>('DELETE', `${cartPath}/checkout`),
    orders: async (query = '') =>
      (await call<{ orders: OrderView[]; next: string | null }>('GET', `${cartPath}/orders${query}`)).body,
    order: (orderId: string, sessionId: string | undefined = session.sessionId) =>
      call<OrderView>(
        'GET',
        `/api/v1/orders/${orderId}`,
        undefined,
        sessionId === undefined ? {} : { 'session-id': sessionId },
      ),
    operation: (id: string) =>
      call<{ status: string; orderId?: string; problem?: { code: string } }>(
        'GET',
        `${cartPath}/operations/${id}`,
      ),
  };
}

export type Shopper = Awaited<ReturnType<typeof createShopper>>;

/** Asks again until the condition holds, every `pollMs`; fails with the last answer after `deadlineMs`. */
export async function until<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  deadlineMs = 15_000,
  pollMs = 25,
): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > giveUpAt)
      throw new Error(`Still not so after ${deadlineMs} ms: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export const allReserved = (cart: CartView): boolean =>
  cart.items.every(({ reservation }) => reservation.status === 'reserved');
