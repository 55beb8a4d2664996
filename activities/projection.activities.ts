import type { CartSave, StoredCart } from '../src/domain/persistence.ts';
import type { CartStore } from './ports.ts';

export function createProjectionActivities(carts: CartStore) {
  return {
    async saveCart(save: CartSave): Promise<void> {
      await carts.save(save);
    },
    /** `null` for a cart that was never saved. */
    async loadCart(cartId: string): Promise<StoredCart | null> {
      return (await carts.load(cartId)) ?? null;
    },
  };
}
