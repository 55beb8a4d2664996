import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerFile } from '../stub/ledger-file.ts';
import { createLimit } from '../stub/limit.ts';
import { now } from '../stub/service-call.ts';
import type { ControlPanel } from './control.ts';
import type { Entry, Ledger, Webhook } from './ledger.ts';
import { createPostWebhook } from './webhook-post.ts';

export interface WebhookSender {
  /** Takes up what is not delivered and not under way yet: after an outcome, a restart, or a change of control. */
  wake(): void;
  /** Sends every webhook there ever was once more, the newest first. */
  redeliver(): Promise<{ webhookId: string; answered: number | null }[]>;
  close(): void;
}

const firstRetryMs = 100;
const lastRetryMs = 5_000;
/** A receiver that comes back after hours must not get everything at once. */
const sentAtOnceMax = 20;

/** Delivers at least once: a webhook is sent until it is answered 2xx, and the ledger knows which ones were. */
export function createWebhookSender({
  file,
  ledger,
  control,
  secret,
}: {
  file: LedgerFile<Entry>;
  ledger: Ledger;
  control: ControlPanel;
  secret: string;
}): WebhookSender {
  const closing = new AbortController();
  const post = createPostWebhook({ ledger, secret, signal: closing.signal });
  const limit = createLimit(sentAtOnceMax);
  const underWay = new Set<Webhook>();

  async function send(webhook: Webhook): Promise<number | null> {
    const answered = await limit(() => post(webhook, control.current.webhookUrl));
    const taken = answered !== null && answered >= 200 && answered < 300;
    if (taken && isDue(webhook)) file.append({ type: 'delivered', webhookId: webhook.webhookId, at: now() });
    return answered;
  }

  const isDue = ({ deliveredAt }: Webhook): boolean => deliveredAt === undefined && !file.closed;
  const mayBeSent = (webhook: Webhook): boolean =>
    isDue(webhook) && control.current.webhooks === 'on' && !closing.signal.aborted;

  async function deliver(webhook: Webhook): Promise<void> {
    for (let retryMs = firstRetryMs; mayBeSent(webhook); retryMs = Math.min(2 * retryMs, lastRetryMs)) {
      await send(webhook);
      if (mayBeSent(webhook)) await pause(retryMs, closing.signal);
    }
    if (webhook.deliveredAt === undefined) return;
    for (let extra = 0; extra < control.current.duplicateWebhooks; extra += 1) await send(webhook);
  }

  function wake(): void {
    for (const webhook of ledger.undelivered) {
      if (underWay.has(webhook) || !mayBeSent(webhook)) continue;
      underWay.add(webhook);
      void deliver(webhook).finally(() => {
        underWay.delete(webhook);
        // It may have been held back, and let go again, just as it gave up.
        if (mayBeSent(webhook)) wake();
      });
    }
  }

  return {
    wake,
    async redeliver() {
      const answers = [];
      for (const webhook of [...ledger.webhooks.values()].toReversed()) {
        answers.push({ webhookId: webhook.webhookId, answered: await send(webhook) });
      }
      return answers;
    },
    close: () => closing.abort(),
  };
}

/** Ends early, and quietly, when the stub does; must not keep a stopped stub alive. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { ref: false, signal }).catch(() => {});
}
