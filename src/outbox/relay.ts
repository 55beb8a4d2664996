import { and, eq, or, sql } from 'drizzle-orm';
import { outbox } from '../../drizzle/schema.ts';
import type { OutboundEvent } from '../domain/outbound.ts';
import type { Database } from '../platform/database.ts';

/** Starts the delivery of an event; asked again for the same one, it starts nothing. */
export type StartDelivery = (event: OutboundEvent, round: number) => Promise<void>;

export interface OutboxRelayOptions {
  database: Database;
  startDelivery: StartDelivery;
  /** Events that are started at once. */
  batchSize?: number;
  /** How long a relay has for a batch; what it did not get done is then for any other. */
  leaseMs?: number;
}

export interface OutboxRelay {
  /** Starts what waits, at most a batch. Rejects when some of it could not be started: it is tried again. */
  relayBatch(): Promise<{ taken: number }>;
}

type Taken = { event: OutboundEvent; round: number };

/**
 * Hands events over from Postgres to Temporal. Any number of relays can run; one that dies between a start and
 * its mark leaves rows that the next one asks for again. Leases and no open transaction: the driver does not
 * survive the loss of a connection in the middle of one.
 */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { database, startDelivery, batchSize = 20, leaseMs = 10_000 } = options;

  async function take(): Promise<Taken[]> {
    const rows = await database.execute(sql`
      with due as materialized (
        select event_id from outbox
        where status = 'pending' and dispatched_at is null and (leased_until is null or leased_until <= now())
        order by created_at limit ${batchSize} for update skip locked)
      update outbox set leased_until = now() + make_interval(secs => ${leaseMs / 1_000})
      from due where outbox.event_id = due.event_id
      returning payload as event, round`);
    return [...rows] as unknown as Taken[];
  }

  async function mark(started: readonly Taken[]): Promise<void> {
    if (started.length === 0) return;
    // Of this round: it may have ended by now, and an operator may have asked for the next.
    const same = started.map(({ event, round }) =>
      and(eq(outbox.eventId, event.eventId), eq(outbox.round, round)),
    );
    await database
      .update(outbox)
      .set({ dispatchedAt: sql`now()` })
      .where(or(...same));
  }

  return {
    async relayBatch() {
      const taken = await take();
      const starts = await Promise.allSettled(taken.map(({ event, round }) => startDelivery(event, round)));
      await mark(taken.filter((_, index) => starts[index]?.status === 'fulfilled'));
      const failures = starts.flatMap((start) =>
        start.status === 'rejected' ? [start.reason as unknown] : [],
      );
      if (failures.length === 0) return { taken: taken.length };
      throw new AggregateError(failures, `${failures.length} of ${taken.length} deliveries not started`);
    },
  };
}
