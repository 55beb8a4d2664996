import type { PaymentCalls } from './calls.ts';
import type { Ledger } from './ledger.ts';
import { fail, succeed, type Verdict } from './verdicts.ts';
import type { WebhookSender } from './webhook-sender.ts';

const verdicts = { succeed, fail };

export type Outcome = keyof typeof verdicts;

/** What a shopper decides on the payment page, and the webhook that tells it. */
export type DecidePayment = (paymentId: string, outcome: Outcome) => Verdict['answer'];

export function createDecidePayment(deps: {
  ledger: Ledger;
  calls: PaymentCalls;
  webhooks: WebhookSender;
}): DecidePayment {
  return (paymentId, outcome) => {
    const answer = deps.calls.settle((at) => verdicts[outcome](deps.ledger, paymentId, at));
    deps.webhooks.wake();
    return answer;
  };
}
