import { toCartView, type ItemView } from '../domain/cart-view.ts';
import type { CartEvent } from '../domain/events.ts';
import { orderChanges, type OrderChange } from '../domain/order-changes.ts';
import type { CartSave, OperationOutcome } from '../domain/persistence.ts';
import type { Database } from '../platform/database.ts';
import { cartFeedChannel, type CartNotice } from './cart-feed.ts';

/**
 * Writes a cart's save in one statement: the guarded upsert of the cart and its items, its new events and
 * outcomes, and the notice that wakes the requests that wait. Safe to repeat, and to run late: an older
 * version never overwrites a newer one. Plain SQL, because the query builder has no `insert … from jsonb`.
 */
export function createCartProjector(database: Database) {
  const sql = database.$client;
  return {
    async save(save: CartSave): Promise<void> {
      const document = JSON.stringify(toDocument(save));
      await sql`
        with document as (select ${document}::text::jsonb as body),
        cart as (
          insert into carts as stored (cart_id, version, status, currency, item_count, total_minor, state,
                                       created_at, updated_at, expires_at)
          select r.* from document, jsonb_to_record(body -> 'cart') as r (
            cart_id text, version int, status text, currency text, item_count int, total_minor bigint, state jsonb,
            created_at timestamptz, updated_at timestamptz, expires_at timestamptz)
          on conflict (cart_id) do update set
            version = excluded.version, status = excluded.status, item_count = excluded.item_count,
            total_minor = excluded.total_minor, state = excluded.state, updated_at = excluded.updated_at,
            expires_at = excluded.expires_at
          where stored.version < excluded.version
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
        history as (
          insert into cart_events select r.* from document, jsonb_to_recordset(body -> 'events') as r (
            cart_id text, version int, type text, at timestamptz, operation_id text, data jsonb, actor text)
          on conflict do nothing
        ),
        outcomes as (
          insert into operations select r.* from document, jsonb_to_recordset(body -> 'outcomes') as r (
            operation_id text, cart_id text, command text, fingerprint text, status text, version int,
            rejection jsonb, at timestamptz, order_id text)
          on conflict do nothing
        ),
        orders_changed as (
          update orders as stored set
            version = c.version, status = coalesce(c.status, stored.status),
            payment_id = coalesce(c.payment_id, stored.payment_id),
            payment_url = coalesce(c.payment_url, stored.payment_url), pay_by = coalesce(c.pay_by, stored.pay_by),
            reason = coalesce(c.reason, stored.reason), paid_at = coalesce(c.paid_at, stored.paid_at),
            payment_failed_at = coalesce(c.payment_failed_at, stored.payment_failed_at),
            expired_at = coalesce(c.expired_at, stored.expired_at),
            cancelled_at = coalesce(c.cancelled_at, stored.cancelled_at),
            refund_required_at = coalesce(c.refund_required_at, stored.refund_required_at),
            refunded_at = coalesce(c.refunded_at, stored.refunded_at)
          from document, jsonb_to_recordset(body -> 'orders') as c (
            order_id text, version int, status text, payment_id text, payment_url text, pay_by timestamptz,
            reason text, paid_at timestamptz, payment_failed_at timestamptz, expired_at timestamptz,
            cancelled_at timestamptz, refund_required_at timestamptz, refunded_at timestamptz)
          where stored.order_id = c.order_id and stored.version < c.version
            -- A second payment of a paid order goes back, and the order stays paid.
            and not (stored.status = 'paid' and c.status in ('refund_required', 'refunded')
                     and stored.payment_id is distinct from c.payment_id)
        )
        select pg_notify(${cartFeedChannel}, body ->> 'notice') from document`;
    },
  };
}

function toDocument({ cart, events, outcomes }: CartSave) {
  const { cartId } = cart;
  const view = toCartView(cart);
  const notice: CartNotice = {
    cartId,
    version: cart.version,
    operationIds: outcomes.map(({ operationId }) => operationId),
  };
  return {
    cart: {
      cart_id: cartId,
      version: cart.version,
      status: cart.status,
      currency: cart.currency,
      item_count: view.totals.itemCount,
      total_minor: view.totals.totalMinor,
      state: cart,
      created_at: view.createdAt,
      updated_at: view.updatedAt,
      expires_at: view.expiresAt,
    },
    items: view.items.map(toItemRow),
    events: events.map((event) => toEventRow(cartId, event)),
    outcomes: outcomes.map((outcome) => toOperationRow(cartId, outcome)),
    orders: orderChanges(events).map(toOrderRow),
    notice: JSON.stringify(notice),
  };
}

function toItemRow({
  itemId,
  name,
  quantity,
  unitPriceMinor,
  lineTotalMinor,
  reservation,
  addedAt,
}: ItemView) {
  return {
    item_id: itemId,
    name,
    quantity,
    unit_price_minor: unitPriceMinor,
    line_total_minor: lineTotalMinor,
    reservation_status: reservation.status,
    reservation_id: reservation.reservationId,
    reservation_reason: reservation.reason ?? null,
    added_at: addedAt,
  };
}

function toEventRow(cartId: string, event: CartEvent) {
  const { type, version, at, operationId, by, ...data } = event;
  const row = { cart_id: cartId, version, type, at: instant(at), operation_id: operationId, data };
  return { ...row, actor: by ?? null };
}

function toOperationRow(cartId: string, { operationId, command, fingerprint, at, result }: OperationOutcome) {
  return {
    operation_id: operationId,
    cart_id: cartId,
    command,
    fingerprint,
    status: result.status,
    version: result.status === 'applied' ? result.version : null,
    rejection: result.status === 'rejected' ? result.rejection : null,
    at: instant(at),
    order_id: (result.status === 'applied' && result.orderId) || null,
  };
}

function toOrderRow(change: OrderChange) {
  return {
    order_id: change.orderId,
    version: change.version,
    status: change.status,
    payment_id: change.paymentId,
    payment_url: change.paymentUrl,
    pay_by: instant(change.payBy),
    reason: change.reason,
    paid_at: instant(change.paidAt),
    payment_failed_at: instant(change.paymentFailedAt),
    expired_at: instant(change.expiredAt),
    cancelled_at: instant(change.cancelledAt),
    refund_required_at: instant(change.refundRequiredAt),
    refunded_at: instant(change.refundedAt),
  };
}

const instant = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();
