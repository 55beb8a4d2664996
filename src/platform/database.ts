import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from '../../drizzle/schema.ts';

export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql };

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  /** Shows in `pg_stat_activity`. */
  applicationName: string;
  /** After which Postgres ends a statement; 0 is never. */
  statementTimeoutMs?: number;
}

/** A pool of connections, opened on first use; it reconnects by itself. Statements end after 5 s unless told otherwise. */
export function createDatabase(options: DatabaseOptions): Database {
  const { url, poolSize, applicationName, statementTimeoutMs = 5_000 } = options;
  const client = postgres(url, {
    max: poolSize,
    connect_timeout: 2,
    // Retry at once after an outage: the default backs off for seconds after Postgres is there again.
    backoff: (attempts) => Math.min(0.1 * attempts, 1),
    onnotice: () => {},
    // We have no columns of arrays. The driver asks for their types first on each connection, and a reset at that
    // moment rejects a promise that nobody has, which ends the process.
    fetch_types: false,
    connection: { application_name: applicationName, statement_timeout: statementTimeoutMs },
  });
  return drizzle(client, { schema });
}

/** Ends the pool; queries under way have `timeoutMs` to finish. */
export async function closeDatabase(database: Database, timeoutMs = 2_000): Promise<void> {
  await database.$client.end({ timeout: timeoutMs / 1_000 });
}
