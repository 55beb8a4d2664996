import type { PaymentNews } from '../domain/commands.ts';
import type { CartCommands } from '../gateway/cart-commands.ts';
import { CommandNotStoredError } from '../gateway/cart-inbox.ts';
import type { PaymentNotice } from '../payments/payment-webhook.ts';
import type { OrderViews, PayableOrder } from '../read-model/order-views.ts';
import { digest } from './digest.ts';
import { fail } from './problem.ts';

export type AcceptPayment = (payment: PaymentNotice) => Promise<void>;

const commandOf = {
  'payment.succeeded': 'paymentSucceeded',
  'payment.failed': 'paymentFailed',
} as const satisfies Record<PaymentNotice['type'], PaymentNews['type']>;

/** Checks a payment against its order and stores the news as a command of the order's cart. */
export function createAcceptPayment(deps: { commands: CartCommands; orders: OrderViews }): AcceptPayment {
  return async (payment) => {
    const order = await deps.orders.findPayable(payment.orderId).catch((error: unknown) => {
      throw fail('unavailable', 'The order cannot be read just now. Send the webhook again.', {
        cause: error,
      });
    });
    if (!order) throw fail('order_not_found', `There is no order ${payment.orderId}.`);
    if (payment.amountMinor !== order.totalMinor || payment.currency !== order.currency) {
      const wanted = `${order.totalMinor} minor units of ${order.currency}`;
      throw fail('payment_mismatch', `The order is about ${wanted}; nothing else is taken as its payment.`);
    }
    // A replay: nothing to wake a finished cart for.
    if (order.status === 'paid' && order.paymentId === payment.paymentId) return;
    await send(deps.commands, order, payment);
  };
}

async function send(commands: CartCommands, { cartId }: PayableOrder, payment: PaymentNotice): Promise<void> {
  const { orderId, paymentId, amountMinor } = payment;
  const type = commandOf[payment.type];
  const news = { orderId, paymentId, amountMinor };
  const fingerprint = digest(JSON.stringify([type, news]));
  // The same news has the same id, whatever the delivery's own id: a repeated delivery is applied once.
  const operationId = digest(`payment\n${fingerprint}`);
  try {
    await commands.send(cartId, { operationId, fingerprint, command: { type, ...news } });
  } catch (error) {
    if (!(error instanceof CommandNotStoredError)) throw error;
    throw fail('unavailable', 'The payment could not be stored. Send the webhook again.', { cause: error });
  }
}
