export interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Keeps `concurrency` calls going until `total` are done; fails on the first that fails. */
export async function drive(
  total: number,
  concurrency: number,
  call: (index: number) => Promise<void>,
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

/** Ours and bare in turn, so that a machine whose speed drifts treats both alike. */
export async function compare(
  name: string,
  rounds: number,
  ours: (round: number) => Promise<Load>,
  bare: (round: number) => Promise<Load>,
): Promise<Comparison> {
  const result: Comparison = { name, ours: [], bare: [] };
  for (let round = -1; round < rounds; round += 1) {
    process.stderr.write(`${name}: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}\n`);
    const [a, b] = [await ours(round), await bare(round)];
    if (round < 0) continue;
    result.ours.push(a);
    result.bare.push(b);
  }
  return result;
}

export function printComparison({ name, ours, bare }: Comparison): void {
  const ratios = ours.map((load, index) => load.perSecond / bare[index]!.perSecond);
  const figures = {
    ratio: median(ratios).toFixed(2),
    'ratio min–max': `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    'ours /s': median(ours.map((load) => load.perSecond)).toFixed(0),
    'bare /s': median(bare.map((load) => load.perSecond)).toFixed(0),
    'ours p50/p99 ms': `${median(ours.map((load) => load.p50Ms)).toFixed(1)} / ${median(ours.map((load) => load.p99Ms)).toFixed(1)}`,
    'bare p50/p99 ms': `${median(bare.map((load) => load.p50Ms)).toFixed(1)} / ${median(bare.map((load) => load.p99Ms)).toFixed(1)}`,
  };
  console.log(`\n${name}`);
  for (const [label, value] of Object.entries(figures)) console.log(`  ${label.padEnd(16)} ${value}`);
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

export const quantile = (sorted: number[], q: number): number =>
  sorted[Math.min(Math.floor(sorted.length * q), sorted.length - 1)] ?? 0;
