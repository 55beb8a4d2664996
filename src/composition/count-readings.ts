import { createCachedReading } from '../metrics/cached-reading.ts';
import type { CountReadings } from '../metrics/shop-gauges.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import { createStatusCounts } from '../read-model/status-counts.ts';

/** A scrape is given up after 10 s, Prometheus's default: without Postgres it must come well before. */
const deadlineMs = 2_000;

/** What has ended takes longer to count, and its numbers change slowly: kept so many times longer. */
const endedKeptTimes = 30;

/** The counts of Postgres, shared by all scrapes. */
export function createCountReadings(
  database: Database,
  { logger, maxAgeMs }: { logger: Logger; maxAgeMs: number },
): CountReadings {
  const counts = createStatusCounts(database);
  const cached = <T>(read: () => Promise<T>, keepMs: number) =>
    createCachedReading({
      read,
      maxAgeMs: keepMs,
      deadlineMs,
      onFailure: (error) => logger.warn({ err: error }, 'counts for metrics could not be read'),
    });
  return { open: cached(counts.open, maxAgeMs), ended: cached(counts.ended, endedKeptTimes * maxAgeMs) };
}
