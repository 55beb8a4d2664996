import { and, eq, sql } from 'drizzle-orm';
import type { DeliveryBook } from '../../activities/ports.ts';
import { outbox } from '../../drizzle/schema.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

/** An attempt must not wait for Postgres for longer than its own time allows. */
const writeDeadlineMs = 3_000;

/** The outbox, as far as deliveries write to it. */
export function createDeliveryBook(database: Database): DeliveryBook {
  return {
    async record({ eventId, round, status, attempts, error }) {
      const write = database
        .update(outbox)
        .set({
          ...{ status, lastError: error, updatedAt: sql`now()` },
          attempts: sql`greatest(${outbox.attempts}, ${attempts})`,
          // A relay that died after the start has not marked it.
          dispatchedAt: sql`coalesce(${outbox.dispatchedAt}, now())`,
          ...(status === 'delivered' ? { deliveredAt: sql`now()` } : {}),
        })
        // Only as long as this round has no outcome: an attempt that was thought lost may still report.
        .where(and(eq(outbox.eventId, eventId), eq(outbox.round, round), eq(outbox.status, 'pending')));
      await withDeadline(write.execute(), writeDeadlineMs, 'Recording a delivery');
    },
  };
}
