import { setTimeout as sleep } from 'node:timers/promises';
import type { CartClient, Order } from '../../src/client/index.ts';
import { persist, type Patience } from './ask.ts';

/** `cancel` and `forget` never reach the payment page. */
export type PaymentWish = 'succeed' | 'fail' | 'cancel' | 'forget';

export interface PaymentDesk {
  paymentsUrl: string;
  patience: Patience;
}

interface Payment {
  client: CartClient;
  order: Order;
  wish: PaymentWish;
}

const pollMs = 400;
/** Longer than an order waits for its payment. */
const openAtMostMs = 30_000;

/** Goes to the payment page and decides there; then waits until the shop knows how it went. */
export async function pay(
  { paymentsUrl, patience }: PaymentDesk,
  { client, order, wish }: Payment,
): Promise<void> {
  const giveUpAt = Date.now() + openAtMostMs;
  let isDecided = wish === 'forget';
  for (let seen: Order | undefined = order; Date.now() < giveUpAt; await sleep(pollMs)) {
    seen = await persist(patience, () => client.order(order.orderId));
    if (seen?.status !== 'awaiting_payment') return;
    if (isDecided || !seen.payment) continue;
    const page = `${paymentsUrl}/payments/${seen.payment.paymentId}/${wish}`;
    await persist(patience, () => fetch(page, { method: 'POST', signal: AbortSignal.timeout(10_000) }));
    isDecided = true;
  }
}
