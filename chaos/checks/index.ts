import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal } from '../journal.ts';
import type { World } from '../world.ts';
import { checkCommands } from './commands.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { checkHolds } from './holds.ts';
import { checkMoney } from './money.ts';
import { checkOrders } from './orders.ts';
import { checkReadModel } from './read-model.ts';
import { checkHistories } from './replay-histories.ts';
import { readFacts } from './read-facts.ts';
import { underWay } from './rest.ts';
import { checkUnchanged } from './unchanged.ts';
import { checkWorkflows } from './workflows.ts';

export type { Finding } from './finding.ts';

const checks = [
  checkCommands,
  checkUnchanged,
  checkHolds,
  checkOrders,
  checkMoney,
  checkReadModel,
  checkWorkflows,
];

/** What the facts of one moment say. Pure. */
export const judge = (facts: Facts): Finding[] => checks.flatMap((check) => check(facts));

const lookAgainMs = 1_000;

/**
 * Waits until nothing is under way, for `restWithinMs` at most, then says what is wrong. What is wrong at two looks
 * in a row while nothing is under way stays wrong: it is not waited for.
 */
export async function checkBooks(
  world: World,
  journal: Journal,
  { restWithinMs = 90_000 }: { restWithinMs?: number } = {},
): Promise<Finding[]> {
  const giveUpAt = performance.now() + restWithinMs;
  for (let before = 'nothing yet'; ; await sleep(lookAgainMs)) {
    const facts = await readFacts(world, journal);
    const busy = underWay(facts);
    const found = judge(facts);
    const seen = JSON.stringify([busy, found]);
    const isOver = performance.now() > giveUpAt;
    const isAtRest = busy.length === 0 && (found.length === 0 || seen === before);
    if (isAtRest || isOver) return [...found, ...busy.map(stillUnderWay), ...(await checkHistories(world))];
    before = seen;
  }
}

const stillUnderWay = (detail: string): Finding => ({ check: 'workflows', detail: `not at rest: ${detail}` });
