import type { Cart } from '../domain/cart.ts';
import { withDefaults } from '../domain/cart.ts';
import type { Database } from '../platform/database.ts';

/** Which save of a cart somebody has seen; both numbers 0: none yet. */
export interface SeenCart {
  cartId: string;
  fence: number;
  version: number;
}

export interface SavedCart {
  cart: Cart;
  fence: number;
}

/** Of these carts, those that were saved since. One statement, however many; rejects when Postgres is away. */
export type ReadChangedCarts = (seen: readonly SeenCart[]) => Promise<SavedCart[]>;

export function createChangedCarts(database: Database): ReadChangedCarts {
  const sql = database.$client;
  return async (seen) => {
    const document = JSON.stringify(
      seen.map(({ cartId, fence, version }) => ({ cart_id: cartId, fence, version })),
    );
    // As the projector orders saves: a task that was done again comes after the killed one, at whatever version.
    const rows = await sql<{ state: Cart; fence: string }[]>`
      select carts.state, carts.fence
      from jsonb_to_recordset(${document}::text::jsonb) as seen (cart_id text, fence bigint, version int)
      join carts using (cart_id)
      where (carts.fence, carts.version) > (seen.fence, seen.version)`;
    return rows.map(({ state, fence }) => ({ cart: withDefaults(state), fence: Number(fence) }));
  };
}
