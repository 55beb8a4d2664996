import { setTimeout as pause } from 'node:timers/promises';
import { loadWorkerConfig } from '../src/config.ts';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { drive, quantile } from './support/load.ts';
import { number, seconds, type Row } from './support/rows.ts';

/** A hold that outlives its cart by this much has stayed. */
const releasedWithinMs = 60_000;

interface Due {
  item: string;
  dueAt: number;
}

interface LedgerHold {
  item: string;
  endedAt?: string;
}

interface Lag {
  dueAt: number;
  lagMs: number;
}

/**
 * How long after its cart's deadline a hold is let go, by the reservation service's own books. More carts than a
 * worker caches, so most are replayed first; those due early end while others are still being filled.
 */
export async function measureExpiry({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { expiringCarts, expiringAfterMs, concurrency } = sizes;
  const api = await stack.startApi({ CART_TTL: `${expiringAfterMs}ms` });
  try {
    say(`expiry: filling ${expiringCarts} carts`);
    const dues: Due[] = [];
    // Nobody else's item, so that its hold is found in the books.
    const batch = crypto.randomUUID();
    const load = await drive(expiringCarts, concurrency, async (index) => {
      const item = `expiring-${batch}-${index}`;
      const { path } = await api.shop.newSession();
      const { expiresAt } = await api.shop.addItem(path, item);
      dues.push({ item, dueAt: Date.parse(expiresAt) });
    });
    const filledAt = Date.now();
    say('expiry: waiting for the holds to end');
    const endedAt = await waitForReleases(stack, dues);
    const lags = dues.map(({ item, dueAt }) => ({ dueAt, lagMs: (endedAt.get(item) ?? Infinity) - dueAt }));
    const { maxCachedWorkflows } = loadWorkerConfig(stack.env).worker;
    const note = `idle time ${number(expiringAfterMs / 1_000)} s, filled at ${number(load.perSecond)}/s, a cache of ${maxCachedWorkflows}`;
    const early = lags.filter(({ dueAt }) => dueAt <= filledAt);
    const late = lags.filter(({ dueAt }) => dueAt > filledAt);
    return [
      { ...lagRow('all', lags), note },
      ...(early.length > 0 ? [lagRow('due while others are filled', early)] : []),
      ...(late.length > 0 ? [lagRow('due afterwards', late)] : []),
    ];
  } finally {
    await api.stop();
  }
}

/** When each item's hold ended; throws when one is still held at the deadline, or was never asked for. */
async function waitForReleases({ stub }: BenchStack, dues: readonly Due[]): Promise<Map<string, number>> {
  const deadline = Math.max(...dues.map(({ dueAt }) => dueAt)) + releasedWithinMs;
  const wanted = new Set(dues.map(({ item }) => item));
  for (;;) {
    const response = await fetch(`${stub}/ledger`);
    const { holds } = (await response.json()) as { holds: LedgerHold[] };
    const ended = holds.filter(({ item, endedAt }) => wanted.has(item) && endedAt !== undefined);
    if (ended.length === dues.length) {
      return new Map(ended.map(({ item, endedAt }) => [item, Date.parse(endedAt ?? '')]));
    }
    if (Date.now() > deadline) throw new Error(`Of ${dues.length} holds ${ended.length} have ended`);
    await pause(1_000);
  }
}

function lagRow(which: string, lags: readonly Lag[]): Row {
  const sorted = lags.map(({ lagMs }) => lagMs).toSorted((a, b) => a - b);
  const at = (q: number) => seconds(quantile(sorted, q));
  return {
    what: `release of a hold − its cart's deadline, ${which} (${lags.length})`,
    ours: `p50/p95/p99 ${at(0.5)}/${at(0.95)}/${at(0.99)}, at most ${at(1)}`,
  };
}
