import { median, type Load } from '../support/load.ts';
import type { CostOfCarts } from './cost-of-carts.ts';
import type { Idle } from './idle.ts';
import { printTable, type Row } from './print-table.ts';
import type { ScaleOut } from './scale-out.ts';

/** Medians over the rounds; each ratio is taken within its round, as the machine's speed drifts. */
export function printScaleOut(rounds: readonly (readonly ScaleOut[])[]): void {
  const columns = rounds[0]!.map(({ n }) => n);
  const over = (figure: (result: ScaleOut, base: ScaleOut) => number) =>
    columns.map((_, column) => median(rounds.map((round) => figure(round[column]!, round[0]!))));
  const row = (name: string, figure: (result: ScaleOut, base: ScaleOut) => number, digits = 0): Row => [
    name,
    ...over(figure).map((value) => value.toFixed(digits)),
  ];
  const latency = (name: string, load: (result: ScaleOut) => Load): Row => {
    const p50 = over((result) => load(result).p50Ms);
    const p99 = over((result) => load(result).p99Ms);
    return [`${name}, p50 / p99 ms`, ...p50.map((ms, i) => `${ms.toFixed(0)} / ${p99[i]!.toFixed(0)}`)];
  };
  const head = ['', ...columns.map((n) => `N = ${n}`)];
  printTable('N workers and N API processes', head, [
    row('adds/s, existing carts', (r) => r.existing.perSecond, 1),
    latency('the same', (r) => r.existing),
    row('÷ N = 1', (r, base) => r.existing.perSecond / base.existing.perSecond, 2),
    row('÷ bare signalWithStart', (r) => r.existing.perSecond / r.bareExisting.perSecond, 2),
    row('adds/s, new carts', (r) => r.fresh.perSecond, 1),
    latency('the same', (r) => r.fresh),
    row('÷ N = 1', (r, base) => r.fresh.perSecond / base.fresh.perSecond, 2),
    row('÷ bare signalWithStart', (r) => r.fresh.perSecond / r.bareFresh.perSecond, 2),
    row('GET cart/s', (r) => r.reads.perSecond),
    latency('the same', (r) => r.reads),
  ]);
  const parts = Object.keys(rounds[0]![0]!.cpu);
  printTable('CPU time of an add to an existing cart, with its reservation, ms', head, [
    ...parts.map((part) => row(part, (r) => r.cpu[part] ?? 0, 1)),
    row('all', (r) => sum(r.cpu), 1),
    row('all ÷ N = 1', (r, base) => sum(r.cpu) / sum(base.cpu), 2),
    row('bare signalWithStart, all', (r) => sum(r.cpuBare), 1),
    row('GET cart: APIs', (r) => r.cpuRead['APIs'] ?? 0, 2),
    row("GET cart: shop's Postgres", (r) => r.cpuRead["shop's Postgres"] ?? 0, 2),
  ]);
}

/** One line, for who waits for the tables. */
export function describeScaleOut({ existing, bareExisting, cpu }: ScaleOut): string {
  const ratio = existing.perSecond / bareExisting.perSecond;
  return `${existing.perSecond.toFixed(1)} adds/s, ${ratio.toFixed(2)} of bare, ${sum(cpu).toFixed(1)} ms CPU an add`;
}

export function printIdle({ cpu, counters }: Idle): void {
  printTable(
    'Idle, each second',
    ['', 'idle'],
    [
      ...Object.entries(cpu).map(([part, ms]) => [`${part}, CPU ms`, ms.toFixed(1)]),
      ["Temporal's transactions", counters['temporal transactions']!.toFixed(1)],
      ["Temporal's write-ahead log, KiB", kb(counters['temporal walBytes']!)],
    ],
  );
}

export function printConnections(byN: readonly { n: number; connections: Record<string, number> }[]): void {
  const clients = [...new Set(byN.flatMap(({ connections }) => Object.keys(connections)))].toSorted();
  printTable(
    'Connections to Postgres under load',
    ['', ...byN.map(({ n }) => `N = ${n}`)],
    clients.map((client) => [client, ...byN.map(({ connections }) => connections[client] ?? 0)]),
  );
}

export function printCarts({ newCart, nextAdd, cachedBytes, tables }: CostOfCarts): void {
  const row = (title: string, name: string, show: (value: number) => string): Row => [
    title,
    ...[newCart, nextAdd].map((cost) => show(cost[name] ?? 0)),
  ];
  const few = (value: number) => value.toFixed(1);
  const head = ['', 'new cart, one line reserved', 'each further add'];
  const stores = { temporal: "Temporal's", shop: "the shop's" };
  printTable('What a cart leaves behind', head, [
    ...Object.entries(stores).flatMap(([store, whose]) => [
      row(`${whose} tables and indexes, KiB`, `${store} bytes`, kb),
      row(`${whose} write-ahead log, KiB`, `${store} walBytes`, kb),
      row('of it whole pages, number', `${store} walPages`, (pages) => pages.toFixed(2)),
      row(`${whose} transactions`, `${store} transactions`, few),
    ]),
    row('history, events', 'cart events', few),
    row('history, KiB', 'cart historyBytes', kb),
  ]);
  printTable(
    "Calls of Temporal's roles",
    head,
    ['frontend', 'history', 'matching'].flatMap((role) => [
      row(`${role}, asked`, `${role} asked`, few),
      row(`${role}, to the database`, `${role} toDatabase`, few),
      ...(role === 'history' ? [row('of it changes of a workflow', `${role} shardWrites`, few)] : []),
    ]),
  );
  console.log(`\nA cached workflow: ${kb(cachedBytes)} KiB of its worker's memory`);
  printTable(
    'Where its bytes are, after all its adds',
    ['table with its indexes', 'KiB a cart'],
    Object.entries(tables).map(([name, bytes]) => [name, kb(bytes)]),
  );
}

const kb = (bytes: number): string => (bytes / 1_024).toFixed(1);

const sum = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((total, ms) => total + ms, 0);
