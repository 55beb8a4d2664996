import { sql } from 'drizzle-orm';
import { operationRetentionMs } from '../domain/persistence.ts';
import type { Database } from '../platform/database.ts';

/** Small enough that no statement comes near its timeout, whatever has piled up. */
const rowsPerDelete = 5_000;

/** Forgets operations older than the retention. Safe to run from many processes at once. */
export async function forgetOldOperations(database: Database): Promise<void> {
  for (;;) {
    const deleted = await database.execute(sql`
      delete from operations where operation_id in (
        select operation_id from operations
        where at < now() - make_interval(secs => ${operationRetentionMs / 1_000})
        limit ${rowsPerDelete} for update skip locked)`);
    if (deleted.count < rowsPerDelete) return;
  }
}
