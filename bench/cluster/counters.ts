import { postgresFigures } from './postgres-figures.ts';
import { serverRequests } from './server-requests.ts';

/** Figures that only grow, by name, such as "temporal walBytes" and "history asked". */
export type Counters = Readonly<Record<string, number>>;

export interface CounterSources {
  stores: { temporal: readonly string[]; shop: readonly string[] };
  /** Of the server's processes, by role. */
  metricsUrls: Readonly<Record<string, readonly string[]>>;
}

export async function readCounters({ stores, metricsUrls }: CounterSources): Promise<Counters> {
  const groups = {
    ...(await serverRequests(metricsUrls)),
    temporal: await postgresFigures(stores.temporal),
    shop: await postgresFigures(stores.shop),
  };
  const named = Object.entries(groups).flatMap(([group, figures]) =>
    Object.entries(figures).map(([name, value]) => [`${group} ${name}`, value as number]),
  );
  return { ...(Object.fromEntries(named) as Counters), seconds: performance.now() / 1_000 };
}

/** The growth of each, by so many calls. */
export function growth(before: Counters, after: Counters, calls: number): Counters {
  return mapCounters(after, (value, name) => (value - (before[name] ?? 0)) / calls);
}

/** Without what would have been counted in that time anyway. */
export function withoutIdle(counters: Counters, idlePerSecond: Counters): Counters {
  return mapCounters(counters, (value, name) =>
    name.endsWith(' bytes') ? value : Math.max(0, value - (idlePerSecond[name] ?? 0) * counters['seconds']!),
  );
}

function mapCounters(counters: Counters, change: (value: number, name: string) => number): Counters {
  return Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, change(value, name)]));
}
