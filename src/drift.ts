import { parseArgs } from 'node:util';
import { loadMigrateConfig, processEnvironment } from './config.ts';
import { createOpenCarts } from './gateway/open-carts.ts';
import { closeDatabase, createDatabase } from './platform/database.ts';
import { runMain } from './platform/main.ts';
import { createTemporalClient } from './platform/temporal-client.ts';
import { describeDifference } from './read-model/differences.ts';
import { findDrift, type Drift } from './read-model/drift.ts';

/** `npm run drift -- [--repair]`: are the open carts' rows what their workflows have? */
await runMain(async () => {
  const options = { repair: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  const config = loadMigrateConfig(processEnvironment());
  const database = createDatabase({ ...config.database, applicationName: 'durable-cart drift' });
  const client = createTemporalClient(config.temporal);
  try {
    const found = await findDrift({
      database,
      running: createOpenCarts({ client, taskQueue: config.temporal.taskQueue }),
      repair: values.repair,
      report: (drift) => say(linesOf(drift)),
    });
    const { carts, drifted, repaired, stranded, unanswered } = found;
    const tail = `${stranded} stranded, ${unanswered} could not be asked`;
    say([`${carts} open carts, ${drifted} drifted, ${repaired} of them repaired, ${tail}`]);
    if (drifted - repaired + stranded + unanswered > 0) process.exitCode = 1;
  } finally {
    await client.connection.close();
    await closeDatabase(database);
  }
});

function linesOf(drift: Drift): string[] {
  const { cartId } = drift;
  switch (drift.status) {
    case 'drifted': {
      const start = `${cartId}${drift.repaired ? ' (repaired)' : ''}:`;
      return drift.differences.map((difference) => `${start} ${describeDifference(difference)}`);
    }
    case 'stranded':
      return [`${cartId}: stranded: its row is ${drift.cartStatus}, and no workflow runs for it`];
    case 'unanswered':
      return [`${cartId}: could not be asked: ${drift.reason}`];
  }
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
