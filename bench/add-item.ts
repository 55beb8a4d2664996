import { platform } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { cpuPerCall, printCpu } from './support/cpu.ts';
import { compare, drive, printComparison, type Load } from './support/load.ts';
import { createShopClient } from './support/shop-client.ts';
import { startBuiltStack } from '../test/support/built-stack.ts';

const concurrency = 16;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const addsPerRound = Number(process.env['BENCH_ADDS'] ?? 400);
const existingCarts = 64;
const slowAnswerMs = 35_000;
/** Fewer than a worker's slots for activities. */
const addsWhileSlow = 160;
const tsx = ['--import', 'tsx'];

/** Adds through the API as a ratio to bare `signalWithStart`. */
const stack = await startBuiltStack({
  reservationLatencyMs: Number(process.env['BENCH_RESERVATION_LATENCY_MS'] ?? 0),
});
try {
  const bareWorker = await stack.run('bare worker', 'bench/support/bare-worker.ts', {
    NODE_OPTIONS: tsx.join(' '),
  });
  const client = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) });

  const { newSession, addItem } = createShopClient(stack.api);
  const sessions = await Promise.all(Array.from({ length: existingCarts }, newSession));
  for (const session of sessions) await addItem(session.path, 'apple');

  const poke = (workflowId: string) =>
    client.workflow.signalWithStart('bareEntity', {
      workflowId,
      taskQueue: 'bare',
      signal: 'poke',
      signalArgs: [{ name: 'apple', quantity: 1 }],
    });

  const addToExisting = () =>
    drive(addsPerRound, concurrency, (i) => addItem(sessions[i % existingCarts]!.path, 'apple'));
  const pokeExisting = () =>
    drive(addsPerRound, concurrency, async (i) => void (await poke(`bare-${i % existingCarts}`)));
  const addToNew = async (adds: number) => {
    const created = await Promise.all(Array.from({ length: adds }, newSession));
    return await drive(adds, concurrency, (i) => addItem(created[i]!.path, 'apple'));
  };

  printComparison(
    await compare('add-item, existing carts ÷ bare signalWithStart', rounds, addToExisting, pokeExisting),
  );
  printComparison(
    await compare(
      'add-item, new carts ÷ bare signalWithStart',
      rounds,
      () => addToNew(addsPerRound),
      (round) => drive(addsPerRound, concurrency, async (i) => void (await poke(`bare-${round}-${i}`))),
    ),
  );
  if (platform() === 'linux') {
    const pids = { ...stack.pids, 'bare worker': bareWorker.pid };
    console.log('\nCPU time by process');
    printCpu('add-item', await cpuPerCall(pids, addsPerRound, addToExisting));
    printCpu('bare', await cpuPerCall(pids, addsPerRound, pokeExisting));
  }

  const atOnce = await addToNew(addsWhileSlow);
  await fetch(`${stack.stub}/control`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs: slowAnswerMs }),
  });
  printAnswerTimes(atOnce, await addToNew(addsWhileSlow));
} finally {
  await stack.stop();
}
process.exit(0);

function printAnswerTimes(atOnce: Load, slow: Load): void {
  console.log(`\nadd-item, new carts: the answer while the reservation takes ${slowAnswerMs / 1_000} s`);
  const figures = (load: Load) => `${load.p50Ms.toFixed(0)} / ${load.p99Ms.toFixed(0)} ms`;
  console.log(`  p50/p99          ${figures(slow)}; with 0 s ${figures(atOnce)}`);
  console.log(`  ratio of p50     ${(slow.p50Ms / atOnce.p50Ms).toFixed(2)}`);
}
