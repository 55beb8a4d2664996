import type postgres from 'postgres';

/**
 * What a save changes of orders, as a part of the projector's statement. Saves may overtake each other: the
 * status is that of the newest, and what only an older one has to say is still filled in.
 */
export const ordersChanged = (sql: postgres.Sql) => sql`
    update orders as stored set
      version = case when (c.fence, c.version) > (stored.fence, stored.version) then c.version
                     else stored.version end,
      fence = greatest(stored.fence, c.fence),
      status = case when (c.fence, c.version) > (stored.fence, stored.version) then coalesce(c.status, stored.status) else stored.status end,
      payment_id = case when (c.fence, c.version) > (stored.fence, stored.version) then coalesce(c.payment_id, stored.payment_id)
                        else coalesce(stored.payment_id, c.payment_id) end,
      payment_url = coalesce(stored.payment_url, c.payment_url), pay_by = coalesce(c.pay_by, stored.pay_by),
      reason = coalesce(stored.reason, c.reason), paid_at = coalesce(stored.paid_at, c.paid_at),
      payment_failed_at = coalesce(stored.payment_failed_at, c.payment_failed_at),
      expired_at = coalesce(stored.expired_at, c.expired_at),
      cancelled_at = coalesce(stored.cancelled_at, c.cancelled_at),
      refund_required_at = coalesce(stored.refund_required_at, c.refund_required_at),
      refunded_at = coalesce(stored.refunded_at, c.refunded_at)
    from document, jsonb_to_recordset(body -> 'orders') as c (
      order_id text, version int, status text, payment_id text, payment_url text, pay_by timestamptz,
      reason text, paid_at timestamptz, payment_failed_at timestamptz, expired_at timestamptz,
      cancelled_at timestamptz, refund_required_at timestamptz, refunded_at timestamptz, fence bigint)
    where stored.order_id = c.order_id
      -- Of an order that its cart has forgotten: a second payment goes back, and the order stays paid.
      and not (stored.status = 'paid' and c.status in ('refund_required', 'refunded')
               and stored.payment_id is distinct from c.payment_id)`;
