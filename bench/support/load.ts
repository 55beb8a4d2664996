export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Keeps `concurrency` calls going until `total` are done; fails on the first that fails. */
export async function drive(
  total: number,
  concurrency: number,
  call: (index: number) => Promise<unknown>,
): Promise<Load> {
  const latencies: number[] = [];
  let next = 0;
  async function lane() {
    for (let index = next++; index < total; index = next++) {
      const startedAt = performance.now();
      await call(index);
      latencies.push(performance.now() - startedAt);
    }
  }
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((a, b) => a - b);
  return { perSecond: total / seconds, p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99) };
}

export interface Comparison {
  name: string;
  ours: Load[];
  bare: Load[];
}

export interface CompareOptions {
  rounds: number;
  say: (line: string) => void;
  ours: (round: number) => Promise<Load>;
  bare: (round: number) => Promise<Load>;
  /** Between the two: what one leaves to be done must not slow the other. */
  settle?: () => Promise<unknown>;
}

/** Ours and bare in turn, so that a machine whose speed drifts treats both alike. */
export async function compare(name: string, options: CompareOptions): Promise<Comparison> {
  const { rounds, say, ours, bare, settle } = options;
  const result: Comparison = { name, ours: [], bare: [] };
  for (let round = -1; round < rounds; round += 1) {
    say(`${name}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
    const a = await ours(round);
    await settle?.();
    const b = await bare(round);
    await settle?.();
    if (round < 0) continue;
    result.ours.push(a);
    result.bare.push(b);
  }
  return result;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

export const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(Math.floor(sorted.length * q), sorted.length - 1)] ?? 0;
