import { writeFile } from 'node:fs/promises';
import { quietTemporal } from '../test/support/quiet-temporal.ts';
import { checkBooks } from './checks/index.ts';
import { createDice } from './dice.ts';
import { injectFaults } from './faults/inject.ts';
import { createSchedule, type Fault } from './faults/schedule.ts';
import { saveHistories } from './histories.ts';
import type { Journal } from './journal.ts';
import { isProven, lastLine, reportTable, type Outcome } from './report.ts';
import { loadSettings, type Settings } from './settings.ts';
import { createAsk, type Patience } from './shop/ask.ts';
import { createFrontDoor } from './shop/front-door.ts';
import { probe } from './shop/probe.ts';
import { shop } from './shop/shopper.ts';
import { userOf } from './shop/users.ts';
import { startStack, type Stack } from './stack.ts';

/** After everything is healed, an answer has so long to come. */
const settleWithinMs = 60_000;
const progressEveryMs = 5_000;

const log = (line: string) => console.log(line);

quietTemporal();
const settings = loadSettings(process.env);
log(`seed ${settings.seed}: the same faults again with CHAOS_SEED=${settings.seed}`);
const stack = await startStack({
  reservationLatencyMs: createDice(settings.seed, 'latency').between(50, 300),
  log,
});
let isDone = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stack.stop({ keepFolder: false }).then(() => process.exit(130)));
}
try {
  const run = await runShop(stack, settings);
  for (const { check, cartId, detail } of run.findings) log(`${check}: ${cartId ?? ''} ${detail}`);
  const table = reportTable(run);
  log(`\n${table}`);
  if (settings.reportPath) await writeFile(settings.reportPath, `${table}\n`);
  if (settings.historiesFolder) await saveHistories(stack.world, settings.historiesFolder);
  isDone = isProven(run);
  if (!isDone) {
    await writeFile(`${stack.folder}/journal.json`, JSON.stringify(run, null, 1));
    log(`what was asked and answered, and the logs of all parts, are in ${stack.folder}`);
  }
  log(lastLine(run));
} finally {
  await stack.stop({ keepFolder: !isDone });
}
process.exit(isDone ? 0 : 1);

/** Shoppers shop while faults happen; then everything is healed, settled and looked at. */
async function runShop({ world, apiUrls, victims }: Stack, { seed, shoppers, pace, ...limits }: Settings) {
  const { parts, links } = victims;
  const startedAt = performance.now();
  const journal: Journal = { commands: [], carts: [] };
  const patience: Patience = { endsAt: Infinity };
  const ask = createAsk(journal, patience);
  const shared = { baseUrl: world.apiUrl, fetch: createFrontDoor(apiUrls), journal, ask, patience };
  const faults: Fault[] = [];
  const probes: Promise<number | undefined>[] = [];
  let isOver = false;

  const shopping = Array.from({ length: shoppers }, async (_, index) => {
    const name = `shopper ${index}`;
    const options = { paymentsUrl: world.paymentsUrl, dice: createDice(seed, name), isOver: () => isOver };
    await shop({ ...shared, ...options }, userOf(index));
  });
  const progress = setInterval(() => log(progressLine(faults, journal)), progressEveryMs);
  try {
    await injectFaults({
      schedule: createSchedule(createDice(seed, 'faults'), {
        parts: namesOf(parts),
        links: namesOf(links),
        pace,
      }),
      parts,
      links,
      limits,
      onFault(fault) {
        faults.push(fault);
        if (fault.kind === 'kill') probes.push(probe(shared));
      },
    });
    log('everything is healed: waiting for what is not settled');
    isOver = true;
    patience.endsAt = Date.now() + settleWithinMs;
    await Promise.all(shopping);
    const recoveriesMs = await Promise.all(probes);
    log('all is settled: looking into the books');
    const findings = await checkBooks(world, journal);
    const diedByThemselves = [...parts.values()].reduce((sum, part) => sum + part.diedByItself(), 0);
    const tookMs = performance.now() - startedAt;
    return { seed, tookMs, faults, diedByThemselves, journal, findings, recoveriesMs } satisfies Outcome;
  } finally {
    clearInterval(progress);
  }
}

function progressLine(faults: readonly Fault[], { commands }: Journal): string {
  const kills = faults.filter(({ kind }) => kind === 'kill').length;
  const unsettled = commands.filter(({ outcome }) => outcome === 'unknown').length;
  return `${kills} kills, ${faults.length - kills} other faults; ${commands.length} commands, ${unsettled} under way`;
}

function namesOf(all: ReadonlyMap<string, unknown>): [string, ...string[]] {
  const [first, ...others] = all.keys();
  if (first === undefined) throw new Error('There is nothing to break');
  return [first, ...others];
}
