import { parseArgs } from 'node:util';
import { loadMigrateConfig, processEnvironment } from './config.ts';
import { closeDatabase, createDatabase } from './platform/database.ts';
import { runMain } from './platform/main.ts';
import { describeDifference } from './read-model/differences.ts';
import { rebuild, type Finding } from './read-model/rebuild.ts';

const statementTimeoutMs = 60_000;

/** `npm run rebuild -- [--write] [cart id …]`: are the carts' rows what their events say? */
await runMain(async () => {
  const options = { write: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const config = loadMigrateConfig(processEnvironment());
  const applicationName = 'durable-cart rebuild';
  const database = createDatabase({ ...config.database, applicationName, statementTimeoutMs });
  try {
    const { carts, different, repaired } = await rebuild({
      database,
      ...(positionals.length > 0 ? { cartIds: positionals } : {}),
      write: values.write,
      report: (finding) => say(linesOf(finding)),
    });
    say([`${carts} carts, ${different} not as their events say, ${repaired} of them repaired`]);
    if (repaired < different) process.exitCode = 1;
  } finally {
    await closeDatabase(database);
  }
});

function linesOf(finding: Finding): string[] {
  const start = `${finding.cartId}${finding.repaired ? ' (repaired)' : ''}:`;
  if (finding.status === 'unknowable') return [`${start} cannot be rebuilt: ${finding.reason}`];
  return finding.differences.map((difference) => `${start} ${describeDifference(difference)}`);
}

function say(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
