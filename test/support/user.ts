import type { CartView } from '../../src/domain/cart-view.ts';
import type { OrderView } from '../../src/read-model/order-views.ts';
import { cartIdOfUser } from '../../src/sessions/cart-sessions.ts';
import type { Shopper } from './shopper.ts';
import { bearer, issuer, tokenOf } from './tokens.ts';

export type ClaimedCart = CartView & { cutOff: { name: string; quantity: number }[]; waiting: boolean };

/** Somebody who is logged in, on one of their devices. */
export async function createUser({ call }: Pick<Shopper, 'call'>, subject: string) {
  const token = await tokenOf({ subject });
  const ask = <T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    call<T>(method, path, body, { ...bearer(token), ...headers });
  const cartPath = '/api/v1/carts/me';
  return {
    cartId: cartIdOfUser({ issuer, subject }),
    ask,
    cart: async () => (await ask<CartView>('GET', cartPath)).body,
    add: (name: string, quantity: number, headers?: Record<string, string>) =>
      ask<CartView>('POST', `${cartPath}/items`, { name, quantity }, headers),
    checkout: () => ask<OrderView>('POST', `${cartPath}/checkout`),
    cancelCheckout: () => ask<CartView>('DELETE', `${cartPath}/checkout`),
    orders: async (query = '') =>
      (await ask<{ orders: OrderView[]; next: string | null }>('GET', `${cartPath}/orders${query}`)).body,
    claim: ({ sessionId }: Pick<Shopper, 'sessionId'>, headers?: Record<string, string>) =>
      ask<ClaimedCart & { code?: string }>('POST', `/api/v1/carts/${sessionId}/claim`, undefined, headers),
  };
}
