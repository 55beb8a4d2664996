const setting = (name: string, byDefault: number) => Number(process.env[name] ?? byDefault);
const list = (name: string, byDefault: string) =>
  (process.env[name] ?? byDefault)
    .split(',')
    .map(Number)
    .toSorted((a, b) => a - b);

const rounds = setting('BENCH_ROUNDS', 5);

/** How much of everything: `BENCH_…` in the environment. */
export const sizes = {
  concurrency: setting('BENCH_CONCURRENCY', 16),
  /** After one that warms up and does not count. */
  rounds,
  /** Of what takes long, and has no bare counterpart. */
  fewRounds: Math.min(rounds, 3),
  /** Of a round, as the next ones. */
  adds: setting('BENCH_ADDS', 150),
  reads: setting('BENCH_READS', 1_500),
  checkouts: setting('BENCH_CHECKOUTS', 48),
  streams: setting('BENCH_STREAMS', 2_000),
  /** Whose way to the client is timed. */
  saves: setting('BENCH_SAVES', 200),
  /** That expire at about the same time: more than a worker caches. */
  expiringCarts: setting('BENCH_CARTS', 800),
  expiringAfterMs: setting('BENCH_CART_TTL_MS', 20_000),
  cachedCarts: setting('BENCH_CACHED', 300),
  openCarts: list('BENCH_OPEN_CARTS', '1000,10000'),
  /** Commands and due timers that wait for a worker. */
  backlog: setting('BENCH_BACKLOG', 200),
  reservationLatencyMs: setting('BENCH_RESERVATION_LATENCY_MS', 0),
};

export type Sizes = typeof sizes;
