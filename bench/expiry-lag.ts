import { loadWorkerConfig } from '../src/config.ts';
import { drive, quantile } from './support/load.ts';
import { startBuiltStack } from '../test/support/built-stack.ts';

const concurrency = 16;
const cartCount = Number(process.env['BENCH_CARTS'] ?? 2_000);
const ttlMs = Number(process.env['BENCH_CART_TTL_MS'] ?? 20_000);
/** A hold that outlives its cart by this much has stayed. */
const releasedWithinMs = 60_000;
const cached = process.env['WORKER_CACHED_WORKFLOWS'];

interface Due {
  item: string;
  dueAt: number;
}

interface LedgerHold {
  item: string;
  state: string;
  endedAt?: string;
}

/**
 * How long after its cart's deadline a hold is let go, by the reservation service's own books. More carts than a
 * worker caches, so most are replayed first; those due early end while others are still being filled.
 */
const stack = await startBuiltStack({
  reservationLatencyMs: 0,
  env: { CART_TTL: `${ttlMs}ms`, ...(cached === undefined ? {} : { WORKER_CACHED_WORKFLOWS: cached }) },
});
try {
  const dues: Due[] = [];
  const load = await drive(cartCount, concurrency, async (index) => {
    dues.push(await fillCart(`expiring-${index}`));
  });
  const filledAt = Date.now();
  const endedAt = await waitForReleases(Math.max(...dues.map(({ dueAt }) => dueAt)) + releasedWithinMs);
  const lags = dues.map(({ item, dueAt }) => ({ dueAt, lagMs: (endedAt.get(item) ?? Infinity) - dueAt }));

  const { maxCachedWorkflows } = loadWorkerConfig(stack.env).worker;
  console.log(`\nexpiry: ${cartCount} carts with a hold each, idle time ${ttlMs / 1_000} s`);
  console.log(`  filled at ${load.perSecond.toFixed(0)}/s, WORKER_CACHED_WORKFLOWS=${maxCachedWorkflows}`);
  printLags('release − due, all', lags);
  printLags(
    'due while carts were filled',
    lags.filter(({ dueAt }) => dueAt <= filledAt),
  );
  printLags(
    'due afterwards',
    lags.filter(({ dueAt }) => dueAt > filledAt),
  );
} finally {
  await stack.stop();
}
process.exit(0);

async function fillCart(item: string): Promise<Due> {
  const session = await fetch(`${stack.api}/api/v1/sessions`, { method: 'POST' });
  const { sessionId } = (await session.json()) as { sessionId: string };
  const response = await fetch(`${stack.api}/api/v1/carts/${sessionId}/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ name: item, quantity: 1 }),
  });
  const body = await response.text();
  if (response.status !== 201) throw new Error(`add-item was answered ${response.status}: ${body}`);
  const { expiresAt } = JSON.parse(body) as { expiresAt: string };
  return { item, dueAt: Date.parse(expiresAt) };
}

/** When each item's hold ended; throws when one is still held at the deadline, or was never asked for. */
async function waitForReleases(deadline: number): Promise<Map<string, number>> {
  for (;;) {
    const response = await fetch(`${stack.stub}/ledger`);
    const { holds } = (await response.json()) as { holds: LedgerHold[] };
    const ended = holds.filter((hold) => hold.endedAt !== undefined);
    if (holds.length === cartCount && ended.length === cartCount) {
      return new Map(ended.map(({ item, endedAt }) => [item, Date.parse(endedAt ?? '')]));
    }
    if (Date.now() > deadline) {
      throw new Error(`Of ${cartCount} holds ${holds.length} were taken and ${ended.length} have ended`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

function printLags(name: string, lags: readonly { lagMs: number }[]): void {
  const sorted = lags.map(({ lagMs }) => lagMs).toSorted((a, b) => a - b);
  const at = (q: number) => quantile(sorted, q).toFixed(0);
  const figures = `p50 ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  max ${at(1)} ms`;
  console.log(`  ${`${name} (${sorted.length})`.padEnd(36)} ${figures}`);
}
