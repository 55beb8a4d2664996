import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CartProblemError } from '../../src/client/index.ts';
import type { Journal, JournalAsk, JournalOutcome } from '../journal.ts';

/** Until when an answer is waited for; ms since the epoch, and moved when the faults are over. */
export interface Patience {
  endsAt: number;
}

const againAfterMs = 250;

/** Away, or busy with this very request: what it will say is not known yet. */
const isNoAnswer = ({ status, code }: CartProblemError): boolean =>
  status >= 500 ||
  status === 429 ||
  status === 408 ||
  code === 'request_in_progress' ||
  code === 'not_a_problem';

export type Ask = <T>(
  command: { cartId: string } & JournalAsk,
  send: (how: { idempotencyKey: string }) => Promise<T>,
  applied?: (answer: T) => { orderId?: string },
) => Promise<Settled<T>>;

export type Settled<T> = JournalOutcome & { answer?: T };

/** Repeats a command under its key until the shop says what became of it, and writes both into the journal. */
export function createAsk(journal: Journal, patience: Patience): Ask {
  return async (command, send, applied = () => ({})) => {
    const key = randomUUID();
    const sentAt = Date.now();
    const place = journal.commands.length;
    const write = (outcome: JournalOutcome) => {
      journal.commands[place] = {
        ...command,
        key,
        sentAt,
        settledAt: Date.now(),
        ...outcome,
      };
    };
    write({ outcome: 'unknown', reason: 'not settled yet' });
    for (;;) {
      try {
        const answer = await send({ idempotencyKey: key });
        const outcome = { outcome: 'applied' as const, ...applied(answer) };
        write(outcome);
        return { ...outcome, answer };
      } catch (error) {
        if (error instanceof CartProblemError && !isNoAnswer(error)) {
          const outcome = { outcome: 'rejected' as const, code: error.code };
          write(outcome);
          return outcome;
        }
        if (Date.now() > patience.endsAt) {
          const outcome = { outcome: 'unknown' as const, reason: String(error) };
          write(outcome);
          return outcome;
        }
      }
      await sleep(againAfterMs);
    }
  };
}

/** The same for what changes nothing, or nothing twice. `undefined` when there is no answer in the end. */
export async function persist<T>(patience: Patience, read: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof CartProblemError && !isNoAnswer(error)) return undefined;
      if (Date.now() > patience.endsAt) return undefined;
    }
    await sleep(againAfterMs);
  }
}
