import { withDeadline } from '../platform/deadline.ts';

export interface CachedReadingOptions<T> {
  read: () => Promise<T>;
  /** How long an answer is kept, and the lack of one: who asks often must not add to the trouble. */
  maxAgeMs: number;
  /** Who asks waits no longer; what comes later is for the next who asks. */
  deadlineMs: number;
  onFailure: (error: unknown) => void;
  now?: () => number;
}

/** A reading that costs something, shared by all who ask: one at a time, `undefined` when there is none. */
export function createCachedReading<T>(options: CachedReadingOptions<T>): () => Promise<T | undefined> {
  const { read, maxAgeMs, deadlineMs, onFailure, now = Date.now } = options;
  let underWay: Promise<T | undefined> | undefined;
  let last: { value: T | undefined; until: number } | undefined;

  async function readOnce(): Promise<T | undefined> {
    const value = await read().catch((error: unknown) => {
      onFailure(error);
      return undefined;
    });
    last = { value, until: now() + maxAgeMs };
    underWay = undefined;
    return value;
  }

  return async () => {
    if (underWay === undefined && last !== undefined && now() < last.until) return last.value;
    underWay ??= readOnce();
    return await withDeadline(underWay, deadlineMs, 'The reading').catch(() => undefined);
  };
}
