import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './shopper.ts';

const giveUpAfterMs = 120_000;

/**
 * Sends a command as the API tells its clients to: one that was not accepted (503), not answered in time (202), is
 * being answered (409) or is too much for a busy cart (429), again under the same key. Returns the answer that it
 * got in the end.
 */
export async function persist<T>(
  idempotencyKey: string,
  send: (headers: Record<string, string>) => Promise<Answer<T>>,
): Promise<Answer<T>> {
  const giveUpAt = performance.now() + giveUpAfterMs;
  for (;;) {
    const answer = await send({ 'idempotency-key': idempotencyKey, prefer: 'wait=30' });
    if (!isOpen(answer) || performance.now() > giveUpAt) return answer;
    await sleep(1_000 * Number(answer.headers.get('retry-after') ?? 0));
  }
}

const isOpen = ({ status, body }: Answer<unknown>): boolean =>
  [202, 429, 503].includes(status) || (body as { code?: string } | undefined)?.code === 'request_in_progress';
