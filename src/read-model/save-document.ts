import { toCartView, type ItemView } from '../domain/cart-view.ts';
import type { CartEvent } from '../domain/events.ts';
import { orderChanges, type OrderChange } from '../domain/order-changes.ts';
import type { OutboundEvent } from '../domain/outbound.ts';
import type { CartSave, OperationOutcome } from '../domain/persistence.ts';
import type { CartNotice } from './cart-feed.ts';

/** A save as the one parameter of the projector's statement: rows by table, named as the columns are. */
export function toSaveDocument(
  { cart, events, outcomes, fence = 0 }: CartSave,
  told: readonly OutboundEvent[],
) {
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
      fence,
    },
    items: view.items.map(toItemRow),
    events: events.map((event) => ({ ...toEventRow(cartId, event), fence })),
    outcomes: outcomes.map((outcome) => toOperationRow(cartId, outcome)),
    outbox: told.map(toOutboxRow),
    orders: orderChanges(events).map((change) => ({ ...toOrderRow(change), fence })),
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

function toOutboxRow(event: OutboundEvent) {
  const { eventId, type, cartId } = event;
  return { event_id: eventId, type, cart_id: cartId, payload: event };
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
