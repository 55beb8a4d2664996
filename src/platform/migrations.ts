import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import { closeDatabase, createDatabase } from './database.ts';

/** Any fixed number: migrations that start at the same time on N hosts run one after the other. */
const lockId = 7_283_001;

/** Brings the schema up to date. Safe to run any number of times, from any number of processes. */
export async function migrateDatabase(url: string): Promise<void> {
  const database = createDatabase({
    url,
    poolSize: 1,
    applicationName: 'durable-cart migrate',
    statementTimeoutMs: 0,
  });
  try {
    await database.execute(sql`select pg_advisory_lock(${lockId})`);
    await migrate(database, { migrationsFolder: migrationsFolder() });
  } finally {
    await closeDatabase(database);
  }
}

/** SQL files are not compiled: from `dist/` they are one folder further up. */
function migrationsFolder(): string {
  const beside = fileURLToPath(new URL('../../drizzle/migrations', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL('../../../drizzle/migrations', import.meta.url));
}
