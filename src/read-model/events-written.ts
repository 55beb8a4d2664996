import type postgres from 'postgres';

/** A save's events, as a part of the projector's statement: those of a task done again replace the first try's. */
export const eventsWritten = (sql: postgres.Sql) => sql`
    insert into cart_events as stored select r.* from document, jsonb_to_recordset(body -> 'events') as r (
      cart_id text, version int, type text, at timestamptz, operation_id text, data jsonb, actor text, fence bigint)
    on conflict (cart_id, version) do update set
      type = excluded.type, at = excluded.at, operation_id = excluded.operation_id, data = excluded.data,
      actor = excluded.actor, fence = excluded.fence
    where stored.fence < excluded.fence`;

/** Events beyond the cart's version that an earlier task has written: they are of a try that was lost. */
export const eventsUndone = (sql: postgres.Sql) => sql`
    delete from cart_events using document, jsonb_to_record(body -> 'cart') as r (
      cart_id text, version int, fence bigint)
    where cart_events.cart_id = r.cart_id and cart_events.version > r.version and cart_events.fence < r.fence`;
