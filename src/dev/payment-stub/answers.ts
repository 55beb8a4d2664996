import { html } from 'hono/html';
import { problem, type StubContext } from '../stub/answers.ts';
import type { Payment } from './ledger.ts';
import type { Refusal } from './verdicts.ts';

export function refuse(c: StubContext, refusal: Refusal): Response {
  switch (refusal.status) {
    case 'not_found':
      return problem(c, 404, 'There is no such payment.');
    case 'mismatch':
      return problem(c, 422, refusal.reason);
    case 'conflict':
      return problem(c, 409, refusal.reason);
  }
}

/** For programs as JSON, for a shopper's browser as the page to pay on. */
export async function show(c: StubContext, payment: Payment): Promise<Response> {
  const wantsPage = c.req.header('accept')?.includes('text/html') === true;
  return wantsPage ? await c.html(pageOf(payment)) : c.json(representationOf(payment));
}

const representationOf = (payment: Payment) => ({
  payment_id: payment.paymentId,
  order_id: payment.orderId,
  order_number: payment.orderNumber,
  amount_minor: payment.amountMinor,
  refunded_minor: payment.refundedMinor,
  currency: payment.currency,
  status: payment.state,
});

function pageOf({ paymentId, orderNumber, amountMinor, currency, state }: Payment) {
  const amount = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = amount.resolvedOptions().maximumFractionDigits ?? 2;
  const buttons = html`<form method="post" action="/payments/${paymentId}/succeed"><button>Pay</button></form>
    <form method="post" action="/payments/${paymentId}/fail"><button>Decline</button></form>`;
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Payment of ${orderNumber}</title>
      <h1>${amount.format(amountMinor / 10 ** digits)}</h1>
      <p>Order ${orderNumber}, payment ${paymentId}: <strong>${state}</strong></p>
      ${state === 'pending' ? buttons : ''}
    </html>`;
}
