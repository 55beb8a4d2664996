import type { CartStore } from '../../activities/ports.ts';
import type { Database } from '../platform/database.ts';
import { createCartProjector } from './cart-projector.ts';
import { loadStoredCart } from './cart-views.ts';

/** The workflow's side of the read model. */
export function createCartStore(database: Database): CartStore {
  const projector = createCartProjector(database);
  return {
    save: (save) => projector.save(save),
    load: (cartId) => loadStoredCart(database, cartId),
  };
}
