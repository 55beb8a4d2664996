import { expect } from 'vitest';
import type { CartView } from '../../src/domain/cart-view.ts';

export interface StreamedEvent {
  event: string;
  id: string;
  data: string;
}

/** Reads a response of server-sent events as `EventSource` does, and keeps what that leaves out. */
export function readEvents(response: Response) {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const blocks: string[] = [];
  const comments: string[] = [];
  let rest = '';
  let retryMs: number | undefined;

  async function nextBlock(): Promise<string | undefined> {
    while (blocks.length === 0) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop() ?? '';
      blocks.push(...parts);
    }
    return blocks.shift();
  }

  return {
    /** So far. */
    comments,
    get retryMs() {
      return retryMs;
    },
    /** Past comments; `undefined` when the stream has ended cleanly. */
    async next(): Promise<StreamedEvent | undefined> {
      for (let block = await nextBlock(); block !== undefined; block = await nextBlock()) {
        const fields = new Map(
          block.split('\n').map((line): [string, string] => {
            const [name = '', value = ''] = line.split(/: ?(.*)/s);
            return [name, value];
          }),
        );
        if (fields.has('')) comments.push(block);
        if (fields.has('retry')) retryMs = Number(fields.get('retry'));
        const [event, id, data] = ['event', 'id', 'data'].map((name) => fields.get(name));
        if (data !== undefined) return { event: event ?? 'message', id: id ?? '', data };
      }
      return undefined;
    },
    async nextCart(): Promise<CartView> {
      const next = await this.next();
      expect(next?.event).toBe('cart');
      const cart = JSON.parse(next!.data) as CartView;
      expect(next!.id).toBe(String(cart.version));
      return cart;
    },
    /** Up to and with the first that fits. */
    async cartsUntil(fits: (cart: CartView) => boolean): Promise<CartView[]> {
      const carts = [await this.nextCart()];
      while (!fits(carts.at(-1)!)) carts.push(await this.nextCart());
      return carts;
    },
    cancel: () => reader.cancel(),
  };
}

export function expectRising(carts: readonly CartView[]) {
  const versions = carts.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
}
