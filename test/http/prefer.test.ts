import { describe, expect, it } from 'vitest';
import { waitFromPrefer } from '../../src/http/prefer.ts';
import { createFakeApi } from '../support/fake-api.ts';

const bounds = { defaultMs: 1_000, maxMs: 30_000 };

describe('Prefer', () => {
  it.each([
    [undefined, 1_000],
    ['', 1_000],
    ['respond-async', 0],
    ['Respond-Async', 0],
    ['respond-async; shop="x"', 0],
    ['return=minimal, respond-async', 0],
    ['wait=0', 0],
    ['wait=5', 5_000],
    ['wait = "5"', 5_000],
    ['wait=5; why=slow', 5_000],
    ['WAIT=5', 5_000],
    ['wait=30', 30_000],
    ['wait=31', 30_000],
    [`wait=${'9'.repeat(400)}`, 30_000],
    // RFC 7240 4.3: try for 10 s, then answer asynchronously.
    ['respond-async, wait=10', 10_000],
    ['wait=10, respond-async', 10_000],
    ['wait=2, wait=9', 2_000],
    // What is not understood is ignored.
    ['wait', 1_000],
    ['wait=', 1_000],
    ['wait=-1', 1_000],
    ['wait=1.5', 1_000],
    ['wait=soon', 1_000],
    ['respond-asynchronously', 1_000],
    [',,;=', 1_000],
  ])('%s waits %i ms', (header, ms) => {
    expect(waitFromPrefer(header, bounds)).toBe(ms);
  });

  it('of a request reaches its command', async () => {
    const api = createFakeApi();
    await api.add({ name: 'apple', quantity: 1 }, { prefer: 'wait=7' });
    await api.call('DELETE', `${api.cartPath}/items`, undefined, { prefer: 'respond-async' });
    expect(api.submissions.map(({ waitMs }) => waitMs)).toEqual([7_000, 0]);
  });
});
