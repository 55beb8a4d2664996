import {
  RateLimiterDrizzle,
  RateLimiterMemory,
  RateLimiterRes,
  RLWrapperTimeouts,
} from 'rate-limiter-flexible';
import { rateLimits as table } from '../../drizzle/schema.ts';
import type { Database } from '../platform/database.ts';

/** What is counted, and for whom: as clients read it in `RateLimit-Policy`. */
export const policies = [
  'session-commands',
  'session-reads',
  'address-commands',
  'address-reads',
  'address-sessions',
  'address-units',
] as const;
export type Policy = (typeof policies)[number];

/** So many points in each window. Windows are fixed: one starts with the first point after the one before. */
export interface Quota {
  points: number;
  windowMs: number;
}

/** What became of points that were asked for. */
export interface Taken {
  policy: Policy;
  quota: Quota;
  granted: boolean;
  remaining: number;
  /** Until the window ends. */
  resetMs: number;
}

export interface RateLimits {
  /** All of the points or none of them. Never rejects: without its store it counts in memory. */
  take(policy: Policy, key: string, points?: number): Promise<Taken>;
  giveBack(policy: Policy, key: string, points: number): Promise<void>;
}

export interface RateLimitsOptions {
  quotas: Readonly<Record<Policy, Quota>>;
  /** Counts for all processes together; without it each counts for itself. */
  database?: Database;
  /** A request must not wait for a database that hangs: after this each process counts for itself. */
  storeDeadlineMs?: number;
}

export function createRateLimits(options: RateLimitsOptions): RateLimits {
  const { quotas } = options;
  const limiters = Object.fromEntries(
    policies.map((policy) => [policy, limiterOf(policy, options)]),
  ) as Record<Policy, ReturnType<typeof limiterOf>>;

  async function giveBack(policy: Policy, key: string, points: number) {
    await limiters[policy].reward(key, points);
  }

  return {
    giveBack,
    async take(policy, key, points = 1) {
      const quota = quotas[policy];
      const { granted, result } = await limiters[policy]
        .consume(key, points)
        .then((left) => ({ granted: true, result: left }), refusal);
      const resetMs = Math.max(result.msBeforeNext, 0);
      if (granted) return { policy, quota, granted, remaining: result.remainingPoints, resetMs };
      // Who asks for too many may still have a few.
      if (points > 1) await giveBack(policy, key, points);
      const remaining = Math.max(quota.points - (result.consumedPoints - points), 0);
      return { policy, quota, granted, remaining: points > 1 ? remaining : 0, resetMs };
    },
  };
}

function limiterOf(policy: Policy, { quotas, database, storeDeadlineMs = 250 }: RateLimitsOptions) {
  const { points, windowMs } = quotas[policy];
  const counter = { keyPrefix: policy, points, duration: windowMs / 1_000 };
  const memory = new RateLimiterMemory(counter);
  if (!database) return memory;
  const store = new RateLimiterDrizzle({
    ...counter,
    storeClient: database,
    schema: table,
    // One of them cleans up for all.
    clearExpiredByTimeout: policy === policies[0],
    // A flood is refused without asking Postgres again. Not where a smaller request may still be granted.
    ...(policy === 'address-units' ? {} : { inMemoryBlockOnConsumed: points + 1 }),
  });
  return new RLWrapperTimeouts({ limiter: store, timeoutMs: storeDeadlineMs, insuranceLimiter: memory });
}

/** The library rejects with what it would have resolved with; anything else is a fault. */
function refusal(reason: unknown): { granted: false; result: RateLimiterRes } {
  if (reason instanceof RateLimiterRes) return { granted: false, result: reason };
  throw reason;
}
