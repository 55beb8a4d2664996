import { describe, expect, it } from 'vitest';
import { createBacklog, type RunState } from '../../src/gateway/backlog.ts';
import { CartBusyError } from '../../src/gateway/cart-busy.ts';

const keepsUp: RunState = { taskSince: undefined, taskAttempt: 0, historyBytes: 1_000, historyEvents: 20 };

/** A gate before a cart whose run is as `at.run` says. */
function gate() {
  const at = { now: 1_000_000, run: keepsUp as RunState | undefined | Error, asked: 0 };
  const admit = createBacklog({
    now: () => at.now,
    runStateOf: async () => {
      at.asked += 1;
      if (at.run instanceof Error) throw at.run;
      return at.run;
    },
  });
  const send = (bytes = 300, cartId = 'cart1') =>
    admit(cartId, bytes).then(
      () => 'sent',
      (error: unknown) => (error instanceof CartBusyError ? error.retryAfterMs : error),
    );
  return {
    at,
    send,
    sendMany: async (n: number) => await Promise.all(Array.from({ length: n }, () => send())),
  };
}

const behind = (now: number): RunState => ({ ...keepsUp, taskSince: now - 5_001, taskAttempt: 1 });

describe('the commands that wait in a cart', () => {
  it('are not asked about before there are many of them', async () => {
    const { at, sendMany, send } = gate();
    at.run = behind(at.now);
    expect(new Set(await sendMany(100))).toEqual(new Set(['sent']));
    expect(at.asked).toBe(0);
    expect(await send()).toBe(2_000);
    expect(await send(300, 'cart2')).toBe('sent');
  });

  it('are asked about sooner when they are large', async () => {
    const { at, send } = gate();
    at.run = behind(at.now);
    expect([await send(65_536), await send(65_536), await send(65_536)]).toEqual(['sent', 'sent', 2_000]);
  });

  it('are taken again when the cart has caught up; while it has not, it is asked every two seconds', async () => {
    const { at, send, sendMany } = gate();
    at.run = behind(at.now);
    await sendMany(101);
    expect(await send()).toBe(2_000);
    at.now += 500;
    expect(await send()).toBe(1_500);
    expect(at.asked).toBe(1);
    at.now += 1_500;
    expect(await send()).toBe(2_000);
    expect(at.asked).toBe(2);
    at.run = keepsUp;
    at.now += 2_000;
    expect(new Set(await sendMany(101))).toEqual(new Set(['sent']));
    expect(at.asked).toBe(3);
  });

  it.each<[string, RunState | Error | undefined]>([
    ['keeps up', keepsUp],
    ['has a task that is young', { ...keepsUp, taskSince: 995_000, taskAttempt: 1 }],
    ['does not run', undefined],
    ['cannot be asked about', new Error('away')],
  ])('go on when the cart %s', async (_, run) => {
    const { at, sendMany } = gate();
    at.run = run;
    expect(new Set(await sendMany(600))).toEqual(new Set(['sent']));
  });

  it.each<[string, Partial<RunState>]>([
    ['fails again and again', { taskSince: 999_000, taskAttempt: 4 }],
    ['has a history near its end', { historyBytes: 25 * 1_048_576 }],
    ['has a history of too many events', { historyEvents: 40_001 }],
  ])('are refused when the cart %s', async (_, run) => {
    const { at, sendMany, send } = gate();
    at.run = { ...keepsUp, ...run };
    await sendMany(100);
    expect(await send()).toBe(2_000);
  });
});
