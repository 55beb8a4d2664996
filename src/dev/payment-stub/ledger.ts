export type PaymentState = 'pending' | 'captured' | 'failed' | 'cancelled' | 'refunded';

/** The stub's books. Pure: entries in, state out; the file and the clock are elsewhere. */
export interface Payment {
  paymentId: string;
  orderId: string;
  orderNumber: string;
  amountMinor: number;
  currency: string;
  state: PaymentState;
  refundedMinor: number;
  at: string;
  /** When it was captured, has failed or was cancelled. */
  endedAt?: string;
  refundedAt?: string;
}

export type WebhookType = 'payment.succeeded' | 'payment.failed';

/** One message. It keeps its id however often it is sent. */
export interface Webhook {
  webhookId: string;
  type: WebhookType;
  paymentId: string;
  at: string;
  /** When it was first answered 2xx. */
  deliveredAt?: string;
}

/** What happened, as it stands in the ledger's file. An outcome is also a webhook to be delivered. */
export type Entry =
  | {
      type: 'requested';
      paymentId: string;
      orderId: string;
      orderNumber: string;
      amountMinor: number;
      currency: string;
      at: string;
    }
  | { type: 'captured'; paymentId: string; at: string }
  | { type: 'failed'; paymentId: string; at: string }
  /** Of an order, whether its payment was requested yet or not: it never will be taken. */
  | { type: 'cancelled'; orderId: string; at: string }
  | { type: 'refunded'; paymentId: string; amountMinor: number; at: string }
  | { type: 'delivered'; webhookId: string; at: string };

export interface Ledger {
  payments: ReadonlyMap<string, Payment>;
  idByOrder: ReadonlyMap<string, string>;
  cancelledOrders: ReadonlySet<string>;
  /** In the order of the outcomes they tell. */
  webhooks: ReadonlyMap<string, Webhook>;
  undelivered: ReadonlySet<Webhook>;
  apply(entry: Entry): void;
}

export function createLedger(): Ledger {
  const payments = new Map<string, Payment>();
  const idByOrder = new Map<string, string>();
  const cancelledOrders = new Set<string>();
  const webhooks = new Map<string, Webhook>();
  const undelivered = new Set<Webhook>();

  function end(paymentId: string | undefined, state: 'captured' | 'failed' | 'cancelled', at: string) {
    const payment = payments.get(paymentId ?? '');
    if (payment?.state !== 'pending') return;
    payment.state = state;
    payment.endedAt = at;
  }

  function announce(paymentId: string, type: WebhookType, at: string) {
    // No dots: the signature joins id, time and body with them.
    const webhookId = `msg_${paymentId}_${type.replace('payment.', '')}`;
    const webhook = { webhookId, type, paymentId, at };
    webhooks.set(webhookId, webhook);
    undelivered.add(webhook);
  }

  return {
    payments,
    idByOrder,
    cancelledOrders,
    webhooks,
    undelivered,
    apply(entry) {
      switch (entry.type) {
        case 'requested': {
          const { type: _, ...requested } = entry;
          payments.set(entry.paymentId, { ...requested, state: 'pending', refundedMinor: 0 });
          idByOrder.set(entry.orderId, entry.paymentId);
          return;
        }
        case 'captured':
          end(entry.paymentId, 'captured', entry.at);
          return announce(entry.paymentId, 'payment.succeeded', entry.at);
        case 'failed':
          end(entry.paymentId, 'failed', entry.at);
          return announce(entry.paymentId, 'payment.failed', entry.at);
        case 'cancelled':
          cancelledOrders.add(entry.orderId);
          return end(idByOrder.get(entry.orderId), 'cancelled', entry.at);
        case 'refunded': {
          const payment = payments.get(entry.paymentId);
          if (!payment) return;
          payment.state = 'refunded';
          payment.refundedMinor = entry.amountMinor;
          payment.refundedAt = entry.at;
          return;
        }
        case 'delivered': {
          const webhook = webhooks.get(entry.webhookId);
          if (!webhook || !undelivered.delete(webhook)) return;
          webhook.deliveredAt = entry.at;
          return;
        }
      }
    },
  };
}
