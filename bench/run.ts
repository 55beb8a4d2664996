import { writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { measureAdds } from './adds.ts';
import { measureCachedWorkflows } from './cached-workflows.ts';
import { measureCheckout } from './checkout.ts';
import { measureExpiry } from './expiry.ts';
import { measureHistory } from './history.ts';
import { measureOpenCarts } from './open-carts.ts';
import { measureReads } from './reads.ts';
import { measureRecovery } from './recovery.ts';
import { measureReserved } from './reserved.ts';
import { measureSlowService } from './slow-service.ts';
import { measureStreams } from './streams.ts';
import { startBenchStack, type Bench, type BenchStack } from './support/bench-stack.ts';
import { loadNow, machineFacts, type Facts } from './support/facts.ts';
import { toMarkdown } from './support/report.ts';
import type { Row } from './support/rows.ts';
import { sizes } from './support/sizes.ts';

interface Topic {
  measure: (bench: Bench) => Promise<Row[]>;
  /** Estimated. */
  seconds: number;
  /** Reads /proc. */
  linuxOnly?: boolean;
}

/** What the estimates are made of: seconds of a quiet machine of two cores. */
const [anAdd, aNewCart, aRead, anOpening] = [0.02, 0.035, 0.0007, 0.015];
const [all, few] = [sizes.rounds + 1, sizes.fewRounds + 1];
const manyOpen = sizes.openCarts.at(-1) ?? 0;

/** On one stack; those that leave it full of open carts on another. */
const stacks: Record<string, Topic>[] = [
  {
    adds: { measure: measureAdds, seconds: (all + 1) * sizes.adds * (anAdd + aNewCart) * 1.3 },
    reads: { measure: measureReads, seconds: all * sizes.reads * aRead * 8 },
    checkout: { measure: measureCheckout, seconds: few * sizes.checkouts * aNewCart * 5 },
    reserved: { measure: measureReserved, seconds: few * sizes.adds * aNewCart },
    'slow-service': { measure: measureSlowService, seconds: 50 },
    history: { measure: measureHistory, seconds: 25 },
    streams: {
      measure: measureStreams,
      seconds: 20 + few * (2 * sizes.adds * anAdd + sizes.streams * 0.005),
      linuxOnly: true,
    },
    expiry: {
      measure: measureExpiry,
      seconds: sizes.expiringCarts * aNewCart + sizes.expiringAfterMs / 1_000 + 5,
    },
    'cached-workflows': {
      measure: measureCachedWorkflows,
      seconds: 20 + 2 * sizes.cachedCarts * aNewCart,
      linuxOnly: true,
    },
  },
  {
    'open-carts': {
      measure: measureOpenCarts,
      seconds: manyOpen * anOpening + sizes.openCarts.length * few * sizes.adds * anAdd * 1.5,
      linuxOnly: true,
    },
    recovery: { measure: measureRecovery, seconds: 35 + few * 11 },
  },
];

const say = (line: string) => void process.stderr.write(`${line}\n`);
const names = stacks.flatMap((topics) => Object.keys(topics));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  say(`Unknown: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}

let running: BenchStack | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void running?.stop().finally(() => process.exit(1)));
}

const loadBefore = loadNow();
const rows: Row[] = [];
const failed: string[] = [];
let facts: Facts | undefined;
const chosen = stacks
  .map((topics) =>
    Object.entries(topics).filter(
      ([name, { linuxOnly }]) => wanted.includes(name) && (!linuxOnly || platform() === 'linux'),
    ),
  )
  .filter((topics) => topics.length > 0);
const minutes = chosen.flat().reduce((sum, [, { seconds }]) => sum + seconds, 0) / 60;
say(
  `${chosen.flatMap((topics) => topics.map(([name]) => name)).join(', ')}: about ${minutes.toFixed(0)} min`,
);

for (const topics of chosen) {
  const stack = (running = await startBenchStack(sizes));
  try {
    for (const [name, { measure }] of topics) {
      const startedAt = performance.now();
      try {
        rows.push(...(await measure({ stack, sizes, say })));
      } catch (error) {
        // The others still have their say: a run is long.
        say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`);
        failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      say(`${name} took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    }
    facts = await machineFacts(stack, loadBefore);
  } finally {
    await stack.stop();
  }
}

const path = process.env['BENCH_REPORT'];
const report = await toMarkdown({ facts: facts ?? {}, rows, failed }, path ?? 'docs/bench-results.md');
console.log(report);
if (path !== undefined) await writeFile(path, report);
process.exit(failed.length > 0 ? 1 : 0);
