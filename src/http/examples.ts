/** What the document shows: one cart on its way to one order, told with the same ids everywhere. */

const itemId = '3f2a9c1e5b7d4a60';
const cartId = '0e36f6785d1c4e0f9a7b2c3d4e5f6071';
const orderId = `${cartId}-1`;
const at = '2026-11-24T12:00:00.000Z';
const later = '2026-11-24T12:30:00.000Z';

const line = { itemId, name: 'apple', quantity: 2, unitPriceMinor: 45, lineTotalMinor: 90 };
const totals = { itemCount: 2, totalMinor: 90 };

const item = {
  ...line,
  reservation: { status: 'reserved' as const, reservationId: 'r-000023', since: at },
  addedAt: at,
};

const cart = {
  cartId,
  status: 'active' as const,
  version: 3,
  currency: 'EUR',
  items: [item],
  totals,
  order: null,
  createdAt: at,
  updatedAt: at,
  expiresAt: later,
};

const emptyCart = {
  ...cart,
  version: 0,
  items: [],
  totals: { itemCount: 0, totalMinor: 0 },
  createdAt: null,
  updatedAt: null,
  expiresAt: null,
};

const order = {
  orderId,
  orderNumber: 'DC-000042',
  attempt: 1,
  status: 'awaiting_payment' as const,
  version: 1,
  currency: 'EUR',
  items: [line],
  totals,
  payment: { paymentId: 'p-000001', url: 'https://pay.example/payments/p-000001' },
  payBy: later,
  placedAt: at,
  paidAt: null,
  paymentFailedAt: null,
  expiredAt: null,
  cancelledAt: null,
  refundRequiredAt: null,
  refundedAt: null,
};

const event = {
  version: 2,
  type: 'ItemAdded',
  at,
  by: 'shopper' as const,
  operationId: '9ef5a1b70c2d4e6f8a1b3c5d7e9f0a2b',
  data: { itemId, name: 'apple', quantity: 2, unitPriceMinor: 45 },
};

const payment = { orderId, paymentId: 'p-000001', amountMinor: 90, currency: 'EUR' };

const abandonedCart = {
  cartId,
  abandonedAt: later,
  ageSeconds: 3_600,
  ...totals,
  currency: 'EUR',
  items: [{ name: line.name, quantity: line.quantity, unitPriceMinor: line.unitPriceMinor }],
};

const abandonedSummary = {
  currency: 'EUR',
  count: 1,
  totalMinor: 90,
  days: [{ day: '2026-11-24', count: 1, totalMinor: 90 }],
  topItems: [{ name: 'apple', quantity: 2, carts: 1 }],
};

const eventId = 'evt_0e36f6785d1c4e0f9a7b2c3d4e5f6071_7';

const webhook = {
  eventId,
  type: 'cart.abandoned' as const,
  cartId,
  status: 'dead' as const,
  round: 1,
  attempts: 12,
  lastError: 'The receiver answered 500',
  createdAt: at,
  updatedAt: later,
  dispatchedAt: at,
  deliveredAt: null,
};

export const example = {
  itemId,
  orderId,
  eventId,
  operationId: event.operationId,
  sessionId:
    'cart_q83vASNFZ4mrze8BI0VniQEjAZrUVY9AeyJraW5kIjoiZ3Vlc3QifQ.3q2-7wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhs',
  at,
  later,
  item,
  cart,
  emptyCart,
  order,
  payment,
  event,
  webhook,
  abandonedCart,
  abandonedSummary,
};
