import type { Journal } from '../journal.ts';
import type { World } from '../world.ts';
import { readDatabase } from './database.ts';
import type { Facts } from './facts.ts';
import { readLedgers } from './ledgers.ts';
import { readRuns } from './runs.ts';

export async function readFacts(world: World, journal: Journal): Promise<Facts> {
  const readAt = Date.now();
  // Workflows first: what they had by then is in the database by now, when all is at rest.
  const runs = await readRuns(world);
  const [rows, ledgers] = await Promise.all([readDatabase(world), readLedgers(world)]);
  return { journal, readAt, holdLagMaxMs: world.holdLagMaxMs, runs, ...rows, ...ledgers };
}
