import { expect, it } from 'vitest';
import { createLimit } from '../../src/dev/stub/limit.ts';

it('runs every task, never more than the given number at once, and goes on after one that failed', async () => {
  const limit = createLimit(3);
  let running = 0;
  const seen: number[] = [];
  const task = (n: number) => async () => {
    running += 1;
    seen.push(running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (n % 4 === 0) throw new Error(`task ${n}`);
    return n;
  };
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => limit(task(n))));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(15);
  expect(seen).toHaveLength(20);
  expect(Math.max(...seen)).toBe(3);
});
