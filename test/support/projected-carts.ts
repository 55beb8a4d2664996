import type { Cart } from '../../src/domain/cart.ts';
import { evolve } from '../../src/domain/evolve.ts';
import type { CartSave } from '../../src/domain/persistence.ts';
import type { Database } from '../../src/platform/database.ts';
import { createCartProjector } from '../../src/read-model/cart-projector.ts';
import { createOrderBook } from '../../src/read-model/order-book.ts';

/** Writes a cart's saves as the workflow would have: its orders are in the book before their events are saved. */
export async function project(database: Database, saves: readonly CartSave[]): Promise<void> {
  const projector = createCartProjector(database);
  const orderBook = createOrderBook(database);
  let cart: Cart | undefined;
  for (const save of saves) {
    for (const event of save.events) {
      if (event.type === 'OrderPlaced' && cart?.pendingOrder) {
        const ended = cart.orders.filter(({ status }) => status !== 'awaiting_payment');
        await orderBook.place({ draft: cart.pendingOrder, ended });
      }
      cart = evolve(cart, event);
    }
    await projector.save(save);
  }
}
