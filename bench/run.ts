/** `npm run bench` measures everything, `npm run bench -- adds reads` these topics; all on one machine, in one table. */
import { writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { startBenchStack, type BenchStack } from './support/bench-stack.ts';
import { loadNow, machineFacts } from './support/facts.ts';
import { toMarkdown } from './support/report.ts';
import type { Row } from './support/rows.ts';
import { sizes } from './support/sizes.ts';
import { stacks } from './topics.ts';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const names = stacks.flatMap((topics) => Object.keys(topics));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  say(`Unknown: ${unknown.join(', ')}. There are ${names.join(', ')}.`);
  process.exit(2);
}

const loadBefore = loadNow();
const rows: Row[] = [];
const failed: string[] = [];
let facts: Record<string, string> = {};
let running: BenchStack | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void interrupted(signal));

const runs = (name: string, linuxOnly = false) =>
  wanted.includes(name) && (!linuxOnly || platform() === 'linux');
const chosen = stacks
  .map((topics) => Object.entries(topics).filter(([name, { linuxOnly }]) => runs(name, linuxOnly)))
  .filter((topics) => topics.length > 0);
const minutes = chosen.flat().reduce((sum, [, { seconds }]) => sum + seconds, 0) / 60;
say(`About ${Math.ceil(minutes)} min on a quiet machine of 2 cores, longer on others`);

for (const topics of chosen) {
  const stack = (running = await startBenchStack(sizes));
  facts = { ...(await machineFacts(stack)), 'load before': loadBefore };
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
  await stack.stop();
}
await report();
process.exit(failed.length > 0 ? 1 : 0);

async function report(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  const whole = { ...facts, 'load after, its own': loadNow() };
  const text = await toMarkdown({ facts: whole, rows, failed }, path ?? 'docs/bench-results.md');
  console.log(text);
  if (path !== undefined) await writeFile(path, text);
}

/** What is measured by then is shown, and no process is left behind. */
async function interrupted(signal: string): Promise<void> {
  failed.push(`interrupted by ${signal}`);
  await report().finally(() => running?.stop());
  process.exit(1);
}
