import { describe, expect, it } from 'vitest';
import { createCachedReading } from '../../src/metrics/cached-reading.ts';

/** Readings that end when the test says so, and a clock that it sets. */
function createReading({ deadlineMs = 60_000 } = {}) {
  const clock = { now: 0 };
  const pending: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const failures: unknown[] = [];
  const ask = createCachedReading({
    read: () => new Promise<number>((resolve, reject) => pending.push({ resolve, reject })),
    maxAgeMs: 100,
    deadlineMs,
    onFailure: (error) => failures.push(error),
    now: () => clock.now,
  });
  return { ask, pending, failures, clock };
}

describe('a cached reading', () => {
  it('is read once for all who ask at the same time, and kept for its time', async () => {
    const { ask, pending, clock } = createReading();
    const answers = Promise.all([ask(), ask(), ask()]);
    pending[0]?.resolve(7);
    expect(await answers).toEqual([7, 7, 7]);
    clock.now = 99;
    expect(await ask()).toBe(7);
    expect(pending).toHaveLength(1);
    clock.now = 100;
    const next = ask();
    pending[1]?.resolve(8);
    expect(await next).toBe(8);
  });

  it('that fails is no answer, is reported once, and is tried again later, not at once', async () => {
    const { ask, pending, failures, clock } = createReading();
    const answers = Promise.all([ask(), ask()]);
    pending[0]?.reject(new Error('away'));
    expect(await answers).toEqual([undefined, undefined]);
    expect(failures).toEqual([new Error('away')]);
    expect(await ask()).toBeUndefined();
    expect(pending).toHaveLength(1);
    clock.now = 100;
    const next = ask();
    pending[1]?.resolve(9);
    expect(await next).toBe(9);
  });

  it('that takes too long is no answer, is not asked for twice, and serves who asks when it is there', async () => {
    const { ask, pending } = createReading({ deadlineMs: 1 });
    expect(await Promise.all([ask(), ask()])).toEqual([undefined, undefined]);
    expect(await ask()).toBeUndefined();
    expect(pending).toHaveLength(1);
    pending[0]?.resolve(7);
    await Promise.resolve();
    expect(await ask()).toBe(7);
    expect(pending).toHaveLength(1);
  });
});
