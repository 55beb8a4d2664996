import type { Facts } from './facts.ts';

/** What is still under way, by cart or workflow. Open carts and orders that wait to be paid are at rest. */
export function underWay({ carts, runs, orders, webhooks }: Facts): string[] {
  const live = new Map(runs.map(({ workflowId, state }) => [workflowId, state]));
  return [
    // A row may be wrong: what the workflow says comes first.
    ...carts.flatMap(({ cartId, state }) => {
      const { status, holds, pendingOrder, paymentTasks } = live.get(`cart-${cartId}`) ?? state;
      return [
        (status === 'checking_out' || status === 'claiming') && status,
        ...holds.map((hold) => hold.status !== 'held' && `${hold.key} is ${hold.status}`),
        pendingOrder !== null && 'an order is being placed',
        paymentTasks.length > 0 && 'payments are being settled',
      ]
        .filter((what) => typeof what === 'string')
        .map((what) => `cart-${cartId}: ${what}`);
    }),
    ...runs
      .filter(({ callsUnderWay = 0, taskAttempt = 0 }) => callsUnderWay + taskAttempt > 0)
      .map(({ workflowId, callsUnderWay }) => `${workflowId}: ${callsUnderWay} calls or a task under way`),
    ...orders
      .filter(({ status }) => status === 'refund_required')
      .map(({ orderId }) => `${orderId}: a refund`),
    ...webhooks
      .filter((one) => one.deliveredAt === undefined)
      .map(({ webhookId }) => `${webhookId}: not delivered`),
  ];
}
