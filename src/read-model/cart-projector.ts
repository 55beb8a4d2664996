import { outboundEvents, paidOrderIds } from '../domain/outbound.ts';
import type { CartSave } from '../domain/persistence.ts';
import type { Database } from '../platform/database.ts';
import { cartFeedChannel } from './cart-feed.ts';
import { findOrders } from './order-book.ts';
import { eventsUndone, eventsWritten } from './events-written.ts';
import { ordersChanged } from './orders-changed.ts';
import { toSaveDocument } from './save-document.ts';

/**
 * Writes a cart's save in one statement: the guarded upsert of the cart and its items, its new events and
 * outcomes, what is told of them (the outbox), and the notice that wakes the requests that wait. Safe to
 * repeat, and to run late: what a later task of the cart has written is never overwritten by an earlier one's.
 * Plain SQL, because the query builder has no `insert … from jsonb`.
 */
export function createCartProjector(database: Database) {
  const sql = database.$client;
  return {
    async save(save: CartSave): Promise<void> {
      const document = await documentOf(database, save);
      await sql`
        with document as (select ${document}::text::jsonb as body),
        cart as (
          insert into carts as stored (cart_id, version, status, currency, item_count, total_minor, state,
                                       created_at, updated_at, expires_at, fence)
          select r.* from document, jsonb_to_record(body -> 'cart') as r (
            cart_id text, version int, status text, currency text, item_count int, total_minor bigint, state jsonb,
            created_at timestamptz, updated_at timestamptz, expires_at timestamptz, fence bigint)
          on conflict (cart_id) do update set
            version = excluded.version, status = excluded.status, item_count = excluded.item_count,
            total_minor = excluded.total_minor, state = excluded.state, updated_at = excluded.updated_at,
            expires_at = excluded.expires_at, fence = excluded.fence
          where (stored.fence, stored.version) < (excluded.fence, excluded.version)
          returning cart_id
        ),
        wanted as (
          select cart.cart_id, r.* from cart, document, jsonb_to_recordset(body -> 'items') as r (
            item_id text, name text, quantity int, unit_price_minor int, line_total_minor bigint,
            reservation_status text, reservation_id text, reservation_reason text, added_at timestamptz)
        ),
        gone as (
          delete from cart_items using cart
          where cart_items.cart_id = cart.cart_id
            and not exists (select 1 from wanted where wanted.item_id = cart_items.item_id)
        ),
        kept as (
          insert into cart_items as stored select * from wanted
          on conflict (cart_id, item_id) do update set
            quantity = excluded.quantity, unit_price_minor = excluded.unit_price_minor,
            line_total_minor = excluded.line_total_minor, reservation_status = excluded.reservation_status,
            reservation_id = excluded.reservation_id, reservation_reason = excluded.reservation_reason
          where stored is distinct from excluded
        ),
        history as (${eventsWritten(sql)}),
        never_happened as (${eventsUndone(sql)}),
        told as (
          insert into outbox as stored (event_id, type, cart_id, payload)
          select r.* from document, jsonb_to_recordset(body -> 'outbox') as r (
            event_id text, type text, cart_id text, payload jsonb)
          on conflict (event_id) do update set type = excluded.type, payload = excluded.payload
          where stored.type <> excluded.type and stored.dispatched_at is null
        ),
        outcomes as (
          insert into operations select r.* from document, jsonb_to_recordset(body -> 'outcomes') as r (
            operation_id text, cart_id text, command text, fingerprint text, status text, version int,
            rejection jsonb, at timestamptz, order_id text)
          on conflict do nothing
        ),
        orders_changed as (${ordersChanged(sql)})
        select pg_notify(${cartFeedChannel}, body ->> 'notice') from document`;
    },
  };
}

/** A cart does not remember the items of a paid order: they come from the book, where they never change. */
async function documentOf(database: Database, save: CartSave): Promise<string> {
  const paid = await findOrders(database, paidOrderIds(save.events));
  return JSON.stringify(toSaveDocument(save, outboundEvents(save, paid)));
}
