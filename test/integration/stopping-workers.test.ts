import { describe, expect, it } from 'vitest';
import { startBuilt } from '../support/built-process.ts';
import { openShop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';

const latencyMs = 35_000;
const cartsEach = 12;
const waitLong = { prefer: 'wait=30' };

/** Carts whose reservations take 35 s; their worker is told to stop after a while, and another one starts. */
async function stopWorkerAfter(ms: number, env: Record<string, string>) {
  const shop = await openShop({ worker: false, control: { latencyMs }, env });
  const workers = [await startBuilt('worker.js', shop.settings)];
  try {
    const shoppers = await Promise.all(Array.from({ length: cartsEach }, () => shop.newShopper()));
    const answers = await Promise.all(shoppers.map((shopper) => shopper.add('apple', 3, waitLong)));
    await until(shop.stub.ledger, ({ calls }) => calls['reserve'] === cartsEach);
    await new Promise((resolve) => setTimeout(resolve, ms));
    const stopping = workers[0]!.stop({ signal: 'SIGTERM', deadlineMs: 60_000 });
    workers.push(await startBuilt('worker.js', shop.settings));
    const late = await shop.newShopper();
    await late.add('pear', 1, waitLong);
    await stopping;
    for (const shopper of [...shoppers, late]) await until(shopper.cart, allReserved, 90_000);

    const { holds, calls } = await shop.stub.ledger();
    return {
      statuses: new Set(answers.map(({ status }) => status)),
      exit: await workers[0]!.exited,
      calls: calls['reserve'],
      holds: holds.map(({ state }) => state),
      keys: new Set(holds.map(({ key }) => key)).size,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop({ deadlineMs: 100 })));
    await shop.close();
  }
}

const reservedOnce = {
  statuses: new Set([201]),
  holds: Array<string>(cartsEach + 1).fill('held'),
  keys: cartsEach + 1,
};

describe('a SIGTERM of a worker with reservations of 35 s under way', () => {
  it.concurrent.each([500, 15_000, 30_000])(
    '%i ms after they began, with the grace that is the default, loses none and makes no call twice',
    async (ms) => {
      const outcome = await stopWorkerAfter(ms, {});
      expect(outcome).toEqual({
        ...reservedOnce,
        exit: { code: 0, signal: null },
        calls: cartsEach + 1,
      });
    },
    180_000,
  );

  it.concurrent(
    'with a grace that is too short makes the calls again, and still reserves each line once',
    async () => {
      const outcome = await stopWorkerAfter(5_000, { WORKER_SHUTDOWN_GRACE: '1s' });
      expect(outcome).toMatchObject({ ...reservedOnce, exit: { code: 0, signal: null } });
      expect(outcome.calls).toBe(2 * cartsEach + 1);
    },
    180_000,
  );
});
