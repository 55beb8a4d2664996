const [firstMs, longestMs] = [100, 5_000];

/** Twice as long each time, at random within the upper half, so that clients do not come back together. */
export function backoffMs(attempt: number): number {
  const ms = Math.min(firstMs * 2 ** (attempt - 1), longestMs);
  return ms / 2 + Math.random() * (ms / 2);
}

/** `Retry-After` in ms, where the answer has one. */
export function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Rejects at once when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
