import { and, between, desc, eq, sql } from 'drizzle-orm';
import { carts, operations } from '../../drizzle/schema.ts';
import { withDefaults, type Cart } from '../domain/cart.ts';
import { rememberedOperations, type OperationResult, type StoredCart } from '../domain/persistence.ts';
import { idsOfKey } from '../domain/operation-id.ts';
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

/** What says whether a cart has changed, without what is in it. */
export type CartHead = Pick<Cart, 'cartId' | 'version' | 'status' | 'expiresAt'>;

export interface CartViews {
  findCart(cartId: string): Promise<Cart | undefined>;
  findCartHead(cartId: string): Promise<CartHead | undefined>;
  /** Only an operation of this very cart: another cart's is not found. */
  findOperation(cartId: string, operationId: string): Promise<RecordedOperation | undefined>;
  /** The record of this request; when it has none, that of another one with the same key. */
  findRequest(cartId: string, operationId: string): Promise<RecordedOperation | undefined>;
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

  const headById = database
    .select({ version: carts.version, status: carts.status, expiresAt: carts.expiresAt })
    .from(carts)
    .where(eq(carts.cartId, sql.placeholder('cartId')))
    .prepare('cart_head_by_id');

  const { operationId: id, cartId: cartOf } = operations;
  const operationInRange = database
    .select({ operation: operations, state: carts.state })
    .from(operations)
    .leftJoin(carts, eq(carts.cartId, cartOf))
    .where(
      and(
        between(id, sql.placeholder('first'), sql.placeholder('last')),
        eq(cartOf, sql.placeholder('cartId')),
      ),
    )
    .orderBy(desc(sql`${id} = ${sql.placeholder('operationId')}`))
    .limit(1)
    .prepare('operation_in_range');

  async function findIn(range: { first: string; last: string }, cartId: string, operationId: string) {
    const query = operationInRange.execute({ ...range, cartId, operationId });
    const [row] = await withDeadline(query, readDeadlineMs, 'Reading the operation');
    return row && toRecord(row);
  }

  return {
    async findCart(cartId) {
      const [row] = await withDeadline(cartById.execute({ cartId }), readDeadlineMs, 'Reading the cart');
      return row && withDefaults(row.state);
    },
    async findCartHead(cartId) {
      const [row] = await withDeadline(headById.execute({ cartId }), readDeadlineMs, 'Reading the version');
      return row && { ...row, cartId, expiresAt: row.expiresAt.getTime() };
    },
    findOperation: (cartId, operationId) =>
      findIn({ first: operationId, last: operationId }, cartId, operationId),
    findRequest: (cartId, operationId) => findIn(idsOfKey(operationId), cartId, operationId),
  };
}

interface OperationRow {
  operation: typeof operations.$inferSelect;
  state: Cart | null;
}

function toRecord({ operation, state }: OperationRow): RecordedOperation {
  const { operationId, command, fingerprint, rejection, version, orderId } = operation;
  const result: OperationResult = rejection
    ? { status: 'rejected', rejection }
    : { status: 'applied', version: version ?? 0, ...(orderId === null ? {} : { orderId }) };
  return { operationId, command, fingerprint, result, cart: state ? withDefaults(state) : undefined };
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
