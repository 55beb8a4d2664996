import { and, eq } from 'drizzle-orm';
import { cartEvents } from '../../drizzle/schema.ts';
import { receiveOperationId } from '../domain/commands.ts';
import type { CutOff } from '../domain/merge-lines.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';
import { toCartEvent } from './event-rows.ts';

/** What a user's cart has made of what it received. */
export interface ClaimReceipt {
  cutOff: readonly CutOff[];
}

export interface ClaimViews {
  /** Nothing until it is saved that the cart of the user has what was in the guest's. */
  findReceipt(claim: { fromCartId: string; toCartId: string }): Promise<ClaimReceipt | undefined>;
}

/** As for carts: better a 503 at once than a client that hangs. */
const readDeadlineMs = 3_000;

/** From the events, which are kept: a claim that is repeated after years has the same answer. */
export function createClaimViews(database: Database): ClaimViews {
  return {
    async findReceipt({ fromCartId, toCartId }) {
      const { cartId, operationId, type } = cartEvents;
      const query = database
        .select()
        .from(cartEvents)
        .where(
          and(
            eq(cartId, toCartId),
            eq(operationId, receiveOperationId(fromCartId)),
            eq(type, 'LinesReceived'),
          ),
        )
        .limit(1);
      const [row] = await withDeadline(query, readDeadlineMs, 'Reading the claim');
      const event = row && toCartEvent(row);
      return event?.type === 'LinesReceived' ? { cutOff: event.cutOff } : undefined;
    },
  };
}
