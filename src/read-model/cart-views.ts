import { and, desc, eq, sql } from 'drizzle-orm';
import { carts, operations } from '../../drizzle/schema.ts';
import { withDefaults, type Cart } from '../domain/cart.ts';
import { rememberedOperations, type OperationResult, type StoredCart } from '../domain/persistence.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

/** The record of a command: its outcome, and the cart as it is now. */
export interface RecordedOperation {
  operationId: string;
  command: string;
  fingerprint: string;
  result: OperationResult;
  cart: Cart | undefined;
}

export interface CartViews {
  findCart(cartId: string): Promise<Cart | undefined>;
  /** Only an operation of this very cart: another cart's is not found. */
  findOperation(cartId: string, operationId: string): Promise<RecordedOperation | undefined>;
}

/** A read that takes longer than this is answered 503: better at once than a client that hangs. */
const readDeadlineMs = 3_000;

/** Reads of the projection. They reject when Postgres is away. */
export function createCartViews(database: Database): CartViews {
  const cartById = database
    .select({ state: carts.state })
    .from(carts)
    .where(eq(carts.cartId, sql.placeholder('cartId')))
    .prepare('cart_by_id');

  const operationById = database
    .select({ operation: operations, state: carts.state })
    .from(operations)
    .leftJoin(carts, eq(carts.cartId, operations.cartId))
    .where(
      and(
        eq(operations.operationId, sql.placeholder('operationId')),
        eq(operations.cartId, sql.placeholder('cartId')),
      ),
    )
    .prepare('operation_by_id');

  return {
    async findCart(cartId) {
      const [row] = await withDeadline(cartById.execute({ cartId }), readDeadlineMs, 'Reading the cart');
      return row && withDefaults(row.state);
    },
    async findOperation(cartId, operationId) {
      const query = operationById.execute({ cartId, operationId });
      const [row] = await withDeadline(query, readDeadlineMs, 'Reading the operation');
      if (!row) return undefined;
      const { command, fingerprint, rejection, version, orderId } = row.operation;
      const result: OperationResult = rejection
        ? { status: 'rejected', rejection }
        : { status: 'applied', version: version ?? 0, ...(orderId === null ? {} : { orderId }) };
      return {
        operationId,
        command,
        fingerprint,
        result,
        cart: row.state ? withDefaults(row.state) : undefined,
      };
    },
  };
}

/** What the cart's next life starts from: its last state, and the operations it must not apply again. */
export async function loadStoredCart(database: Database, cartId: string): Promise<StoredCart | undefined> {
  const [row] = await database
    .select({ state: carts.state, fence: carts.fence })
    .from(carts)
    .where(eq(carts.cartId, cartId));
  if (!row) return undefined;
  const recent = await database
    .select({ operationId: operations.operationId, at: operations.at })
    .from(operations)
    .where(eq(operations.cartId, cartId))
    .orderBy(desc(operations.at))
    .limit(rememberedOperations);
  const recentOperations = recent
    .map(({ operationId, at }) => ({ operationId, at: at.getTime() }))
    .toReversed();
  return { cart: withDefaults(row.state), recentOperations, fence: row.fence };
}
