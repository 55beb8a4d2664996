import { eq, sql } from 'drizzle-orm';
import { carts } from '../../drizzle/schema.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

/** A command waits this long at most for the answer, and goes on without it. */
const deadlineMs = 500;

/** Whether a cart was ever saved. Rejects when Postgres is away. */
export function createCartExists(database: Database) {
  const query = database
    .select({ cartId: carts.cartId })
    .from(carts)
    .where(eq(carts.cartId, sql.placeholder('cartId')))
    .prepare('cart_exists');
  return async function exists(cartId: string): Promise<boolean> {
    const rows = await withDeadline(query.execute({ cartId }), deadlineMs, 'Looking for the cart');
    return rows.length > 0;
  };
}
