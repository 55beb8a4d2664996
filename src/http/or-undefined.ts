import { withDeadline } from '../platform/deadline.ts';

/** Postgres gets this long before a command goes on without its answer: a command never needs Postgres. */
const databaseDeadlineMs = 500;

/** Postgres away is no reason to refuse a command: its answer is an extra here. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await withDeadline(answer, databaseDeadlineMs, 'Postgres');
  } catch {
    return undefined;
  }
}
