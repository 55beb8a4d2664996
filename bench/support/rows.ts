import { median, type Comparison, type Load } from './load.ts';

/** One line of the report. */
export interface Row {
  what: string;
  /** What `what` divides, in the rounds of one run. */
  ratio?: Spread;
  aim?: Aim;
  ours: string;
  bare?: string;
  note?: string;
}

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export type Aim = { atLeast: number } | { atMost: number };

export const spreadOf = (values: number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});

/** Calls per second of ours ÷ of bare. */
export function comparisonRow({ name, ours, bare }: Comparison, { aim }: { aim?: Aim } = {}): Row {
  return {
    what: name,
    ratio: spreadOf(ours.map((load, round) => load.perSecond / bare[round]!.perSecond)),
    ...(aim && { aim }),
    ours: loadText(ours),
    bare: loadText(bare),
  };
}

export const loadText = (loads: readonly Load[]): string =>
  `${number(median(loads.map(({ perSecond }) => perSecond)))}/s, ${latencyText(medianLatency(loads))}`;

export const medianLatency = (loads: readonly Load[]): Latency => ({
  p50Ms: median(loads.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(loads.map(({ p99Ms }) => p99Ms)),
});

type Latency = Pick<Load, 'p50Ms' | 'p99Ms'>;

export const latencyText = ({ p50Ms, p99Ms }: Latency): string =>
  `p50/p99 ${number(p50Ms)}/${number(p99Ms)} ms`;

/** CPU time of one call and all that follows from it, by process. */
export function cpuText(perCall: Readonly<Record<string, number>>): { total: number; shares: string } {
  const used = Object.entries(perCall).filter(([, ms]) => ms >= 0.05);
  return {
    total: Object.values(perCall).reduce((sum, ms) => sum + ms, 0),
    shares: used.map(([process, ms]) => `${process} ${ms.toFixed(1)}`).join(', '),
  };
}

/** Three digits where there is a fraction, no fraction where there are more. */
export const number = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;

export function bytes(count: number): string {
  if (Math.abs(count) < 1_024) return `${number(count)} B`;
  const kib = count / 1_024;
  return Math.abs(kib) < 1_024 ? `${kib.toFixed(1)} KiB` : `${number(kib / 1_024)} MiB`;
}
