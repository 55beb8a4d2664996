import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { drive, median } from './support/load.ts';
import { countOpenCarts, createOpener, newCartId } from './support/open-carts.ts';
import { number, seconds, type Row } from './support/rows.ts';
import type { BenchSession } from './support/shop-client.ts';

const caughtUpWithinMs = 120_000;
/** Until they are opened, with time to spare. */
const dueInMs = 15_000;

interface FirstAnswers {
  cachedMs: number;
  coldMs: number;
}

/** A worker is killed while many carts are open, and another takes its place: when does it answer, when has it caught up? */
export async function measureRecovery({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { concurrency, fewRounds: rounds } = sizes;
  const opener = await createOpener({ stack, concurrency, say });
  const cached = await stack.shop.newSession();
  const cold = await stack.shop.newSessions(rounds + 1);
  await opener.openAll(cold.map(({ cartId }) => cartId));
  await opener.openUpTo(sizes.openCarts.at(-1) ?? 0);
  const open = `${number(await countOpenCarts(stack))} open carts`;

  const answers: FirstAnswers[] = [];
  for (const [round, coldCart] of cold.entries()) {
    say(`recovery of a worker with ${open}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}`);
    const answered = await firstAnswers(stack, { cached, cold: coldCart });
    if (round > 0) answers.push(answered);
  }
  return [
    answerRow(
      `cart that was cached, ${open}`,
      answers.map(({ cachedMs }) => cachedMs),
    ),
    answerRow(
      `cart that was not, ${open}`,
      answers.map(({ coldMs }) => coldMs),
    ),
    await catchUp({ stack, sizes, say }),
  ];
}

function answerRow(which: string, ms: number[]): Row {
  return {
    what: `worker killed, a new one started: until an add is answered, ${which}`,
    ours: seconds(median(ms)),
    note: `${seconds(Math.min(...ms))}–${seconds(Math.max(...ms))} in ${ms.length} rounds, start of the process included`,
  };
}

/** From the start of the new worker. Both are asked at once. */
async function firstAnswers(
  stack: BenchStack,
  { cached, cold }: { cached: BenchSession; cold: BenchSession },
): Promise<FirstAnswers> {
  await stack.shop.addItem(cached.path, 'apple');
  await stack.settle();
  await stack.killWorker();
  const startedAt = performance.now();
  await stack.startWorker();
  const answered = async ({ path }: BenchSession) => {
    await stack.shop.addItem(path, 'apple');
    return performance.now() - startedAt;
  };
  const [cachedMs, coldMs] = await Promise.all([answered(cached), answered(cold)]);
  await stack.settle();
  return { cachedMs, coldMs };
}

/** Carts come due and commands come in while there is no worker. */
async function catchUp({ stack, sizes, say }: Bench): Promise<Row> {
  const { backlog, concurrency } = sizes;
  const opener = await createOpener({ stack, concurrency });
  const due = Array.from({ length: backlog }, newCartId);
  const sessions = await stack.shop.newSessions(backlog);
  say('recovery with a backlog');
  const dueAt = Date.now() + dueInMs;
  await opener.openAll(due, dueAt);
  if (Date.now() > dueAt) throw new Error('Carts came due before the worker was killed: lower BENCH_BACKLOG');
  await stack.killWorker();
  await drive(backlog, concurrency, (i) => stack.shop.addItemLater(sessions[i]!.path, 'apple'));
  await pause(Math.max(dueAt + 1_000 - Date.now(), 0));
  const startedAt = performance.now();
  await stack.startWorker();
  const [timersMs, addsMs] = await Promise.all([
    untilAll(
      due,
      (ids) => stack.sql`
      select count(*)::int as done from carts where status = 'abandoned' and cart_id = any(${ids})`,
    ),
    untilAll(
      sessions.map(({ cartId }) => cartId),
      (ids) => stack.sql`
      select count(*)::int as done from cart_items where reservation_status = 'reserved' and cart_id = any(${ids})`,
    ),
  ]);
  return {
    what: `worker started with ${number(backlog)} due timers and ${number(backlog)} new carts waiting: until all is done`,
    ours: seconds(Math.max(timersMs, addsMs)),
    note: `last cart abandoned after ${seconds(timersMs)}, last line reserved after ${seconds(addsMs)}`,
  };

  async function untilAll(ids: string[], count: (ids: string[]) => PromiseLike<readonly unknown[]>) {
    for (;;) {
      const [row] = (await count(ids)) as [{ done: number }];
      const elapsedMs = performance.now() - startedAt;
      if (row.done === ids.length) return elapsedMs;
      if (elapsedMs > caughtUpWithinMs) throw new Error(`Of ${ids.length} only ${row.done} were caught up`);
      await pause(50);
    }
  }
}
