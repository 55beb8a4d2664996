import type { Client } from '@temporalio/client';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { withDeadline } from './deadline.ts';

const checkDeadlineMs = 1_000;

/** Asks Postgres and Temporal at once whether they answer. */
export function createReadiness({ database, client }: { database: Database; client: Client }) {
  return async (): Promise<Record<string, 'ok' | 'away'>> => {
    const [postgres, temporal] = await Promise.all([
      answers(database.execute(sql`select 1`)),
      answers(
        client.connection.withDeadline(Date.now() + checkDeadlineMs, () =>
          client.connection.workflowService.getSystemInfo({}),
        ),
      ),
    ]);
    return { postgres, temporal };
  };
}

async function answers(call: Promise<unknown>): Promise<'ok' | 'away'> {
  try {
    await withDeadline(call, checkDeadlineMs, 'The check');
    return 'ok';
  } catch {
    return 'away';
  }
}
