import type postgres from 'postgres';

/**
 * What a save changes of orders, as a part of the projector's statement: what is absent stays as it is, and an
 * older version never overwrites a newer one.
 */
export const ordersChanged = (sql: postgres.Sql) => sql`
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
      -- Of an order that its cart has forgotten: a second payment goes back, and the order stays paid.
      and not (stored.status = 'paid' and c.status in ('refund_required', 'refunded')
               and stored.payment_id is distinct from c.payment_id)`;
