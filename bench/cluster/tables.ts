import { median, type Load } from '../support/load.ts';
import type { CostOfCarts } from './cost-of-carts.ts';
import type { Idle } from './idle.ts';
import type { PostgresFigures } from './postgres-figures.ts';
import type { ScaleOut } from './scale-out.ts';

type Row = readonly (string | number)[];

/** Markdown, as docs/sizing.md has it. */
function printTable(title: string, head: Row, rows: readonly Row[]): void {
  console.log(`\n${title}\n`);
  for (const row of [head, head.map(() => '---'), ...rows]) console.log(`| ${row.join(' | ')} |`);
}

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
  ]);
}

export function printIdle({ cpu, transactions, walBytes }: Idle): void {
  printTable(
    'Idle, each second',
    ['', 'idle'],
    [
      ...Object.entries(cpu).map(([part, ms]) => [`${part}, CPU ms`, ms.toFixed(1)]),
      ["Temporal's transactions", transactions.toFixed(1)],
      ["Temporal's write-ahead log, KiB", (walBytes / 1_024).toFixed(1)],
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
  printTable(
    'What a cart leaves behind',
    ['', 'new cart, one line reserved', 'each further add'],
    [
      ...storeRows("Temporal's", [newCart.temporal, nextAdd.temporal]),
      ...storeRows("the shop's", [newCart.shop, nextAdd.shop]),
      ['history, events', newCart.historyEvents, nextAdd.historyEvents],
      ['history, bytes', newCart.historyBytes, nextAdd.historyBytes],
    ],
  );
  const requests = (role: string) =>
    [newCart, nextAdd].flatMap((cost) => {
      const { asked, toDatabase } = cost.requests[role] ?? { asked: 0, toDatabase: 0 };
      return [asked.toFixed(1), toDatabase.toFixed(1)];
    });
  printTable(
    "Calls of Temporal's roles",
    ['', 'new cart: asked', 'to the database', 'further add: asked', 'to the database'],
    Object.keys(newCart.requests).map((role) => [role, ...requests(role)]),
  );
  console.log(`\nA cached workflow: ${kb(cachedBytes)} KiB of its worker's memory`);
  printTable(
    'Where its bytes are, after all its adds',
    ['table with its indexes', 'KiB a cart'],
    Object.entries(tables).map(([name, bytes]) => [name, kb(bytes)]),
  );
}

const kb = (bytes: number): string => (bytes / 1_024).toFixed(1);

const storeRows = (whose: string, costs: readonly PostgresFigures[]): Row[] => [
  [`${whose} tables and indexes, KiB`, ...costs.map(({ bytes }) => kb(bytes))],
  [`${whose} write-ahead log, KiB`, ...costs.map(({ walBytes }) => kb(walBytes))],
  ['of it whole pages, number', ...costs.map(({ walPages }) => walPages.toFixed(2))],
  [`${whose} transactions`, ...costs.map(({ transactions }) => transactions.toFixed(1))],
];

const sum = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((total, ms) => total + ms, 0);
