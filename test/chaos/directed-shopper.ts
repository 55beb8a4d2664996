import { randomUUID } from 'node:crypto';
import type { Journal, JournalAsk } from '../../chaos/journal.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { createShopper, type Answer } from '../support/shopper.ts';

type Headers = Record<string, string>;

/** A shopper who writes down what was asked and answered, under keys of their own. */
export async function createDirectedShopper(apiUrl: string, journal: Journal) {
  const shopper = await createShopper(apiUrl);
  const { cartId, sessionId } = shopper;
  journal.carts.push({ cartId, owner: { session: sessionId }, leftAlone: false });

  async function ask(what: JournalAsk, send: (headers: Headers) => Promise<Answer<unknown>>, repeats = 1) {
    const key = randomUUID();
    const sentAt = Date.now();
    // Not waited for: nothing may be there yet to decide it.
    for (let sent = 1; sent < repeats; sent += 1) await send({ 'idempotency-key': key, prefer: 'wait=0' });
    return async function settled() {
      const { status } = await send({ 'idempotency-key': key, prefer: 'wait=30' });
      if (status < 200 || status > 299) throw new Error(`${what.type} is answered ${status}`);
      journal.commands.push({
        ...{ cartId, key, sentAt, settledAt: Date.now() },
        ...what,
        outcome: 'applied',
      });
    };
  }

  const add = (name: string, quantity: number) => (headers: Headers) => shopper.add(name, quantity, headers);

  return {
    cartId,
    cart: shopper.cart,
    async add(name: string, quantity: number) {
      await (
        await ask({ type: 'addItem', name, quantity }, add(name, quantity))
      )();
    },
    /** Sends it so often before anybody waits for its outcome; `settled` does. */
    sendAdd: async (name: string, quantity: number, times: number) =>
      await ask({ type: 'addItem', name, quantity }, add(name, quantity), times + 1),
    async remove(name: string) {
      const { items } = await shopper.cart();
      const itemId = items.find((item) => item.name === name)?.itemId;
      if (itemId === undefined) throw new Error(`There is no ${name} in the cart`);
      const path = `/api/v1/carts/${sessionId}/items/${itemId}`;
      const send = (headers: Headers) => shopper.call<CartView>('DELETE', path, undefined, headers);
      await (
        await ask({ type: 'removeItem', name }, send)
      )();
    },
  };
}

export type DirectedShopper = Awaited<ReturnType<typeof createDirectedShopper>>;
