import type { CostOfCarts } from './cost-of-carts.ts';
import type { Counters } from './counters.ts';
import { median } from '../support/load.ts';
import { printTable } from './print-table.ts';

/** What a shop of that size is taken to do; each is to be replaced by one's own. */
const assumed = {
  openCarts: 1_000_000,
  addsPerSecond: 1_000,
  addsPerCart: 3,
  readsPerAdd: 3,
  /** A cart's end (deadline, release, last save) and what its timers do in between, in adds. */
  closingInAdds: 1.5,
  /** The day's mean by its peak. */
  meanOfPeak: 1 / 3,
  /** How busy a core, and a process of one, may be at the peak. */
  busy: 0.6,
  hostCores: 8,
  retentionDays: 3,
  /** A write of Temporal's Postgres, committed to its disk, and to its replica where there is one. */
  writeMs: 5,
  /** How much of the time a history shard may be writing; it does one thing at a time. */
  shardBusy: 0.1,
  /** Between two visits to a cart in which it is worth keeping in a worker's cache. */
  cachedSeconds: 600,
};

/** What one process of a role is let do by default, each second: server 1.32's dynamic configuration. */
const defaultLimits: Record<string, { asked: number; toDatabase: number; settings: string }> = {
  frontend: { asked: 2_400, toDatabase: 2_000, settings: '`frontend.rps`, `frontend.persistenceMaxQPS`' },
  history: { asked: 3_000, toDatabase: 9_000, settings: '`history.rps`, `history.persistenceMaxQPS`' },
  matching: { asked: 1_200, toDatabase: 3_000, settings: '`matching.rps`, `matching.persistenceMaxQPS`' },
};

export interface Measured {
  carts: CostOfCarts;
  /** CPU time by part, in ms. */
  addCpu: Record<string, number>;
  readCpu: Record<string, number>;
  /** Pools of one process of each kind. */
  connections: Record<string, number>;
}

/** What a read touches; what the others spend meanwhile is their idle work. */
const readers = new Set(['APIs', "shop's Postgres"]);

/** By part, over the rounds. */
export function medians(rounds: readonly Record<string, number>[]): Record<string, number> {
  const parts = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(parts.map((part) => [part, median(rounds.map((cpu) => cpu[part] ?? 0))]));
}

const round = (value: number, digits = 0): string =>
  value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
const gib = (bytes: number): number => bytes / 2 ** 30;
const kib = (bytes: number): string => round(bytes / 1_024, 1);

/** From the measured cost of one add to what a shop of the assumed size needs, with the arithmetic. */
export function printSizing(measured: Measured): void {
  const { addsPerSecond, addsPerCart, openCarts, closingInAdds, readsPerAdd } = assumed;
  const cartsPerSecond = addsPerSecond / addsPerCart;
  const changes = addsPerSecond + cartsPerSecond * closingInAdds;
  const reads = addsPerSecond * readsPerAdd;
  printTable(
    'Step 1: the load',
    ['', 'arithmetic', 'a second'],
    [
      ['new carts', `${round(addsPerSecond)} adds ÷ ${addsPerCart}`, round(cartsPerSecond)],
      [
        'time a cart is open',
        `${round(openCarts)} ÷ ${round(cartsPerSecond)}`,
        `${round(openCarts / cartsPerSecond / 60)} min`,
      ],
      ['changes', `${round(addsPerSecond)} + ${round(cartsPerSecond)} × ${closingInAdds}`, round(changes)],
      ['reads', `${round(addsPerSecond)} × ${readsPerAdd}`, round(reads)],
    ],
  );
  const processes = printCores(measured, changes, reads);
  printCalls(measured.carts.nextAdd, changes);
  printShards(measured.carts.nextAdd, changes);
  printDisk(measured.carts, cartsPerSecond);
  printMemory(measured.carts, cartsPerSecond, processes.workers ?? 1);
  printPools(measured.connections, processes);
}

/** Processes by part, for what scales by processes. */
function printCores({ addCpu, readCpu }: Measured, changes: number, reads: number): Record<string, number> {
  const { busy, hostCores } = assumed;
  const parts = Object.keys(addCpu).filter((part) => part !== 'client' && part !== 'reservation stub');
  const readMs = (part: string) => (readers.has(part) ? (readCpu[part] ?? 0) : 0);
  const cores = (part: string) => (changes * (addCpu[part] ?? 0) + reads * readMs(part)) / 1_000 / busy;
  const arithmetic = (part: string) => {
    const add = `${round(changes)} × ${round(addCpu[part] ?? 0, 1)} ms`;
    const both = readers.has(part) ? `(${add} + ${round(reads)} × ${round(readMs(part), 2)} ms)` : add;
    return `${both} ÷ 1,000 ÷ ${busy}`;
  };
  const total = parts.reduce((sum, part) => sum + cores(part), 0);
  printTable(
    'Step 2: cores',
    ['', 'arithmetic', 'cores'],
    [
      ...parts.map((part) => [part, arithmetic(part), round(cores(part), 1)]),
      ['all', 'sum', round(total)],
      [`hosts of ${hostCores} cores`, `${round(total)} ÷ ${hostCores}`, round(Math.ceil(total / hostCores))],
    ],
  );
  // A role of Temporal uses all the cores of its host, a process of ours one.
  const coresOfProcess = (part: string) => (part.startsWith('Temporal') ? hostCores : 1);
  return Object.fromEntries(parts.map((part) => [part, Math.ceil(cores(part) / coresOfProcess(part))]));
}

function printCalls(cost: Counters, changes: number): void {
  const rows = Object.entries(defaultLimits).flatMap(([role, limit]) => {
    const [asked = 0, toDatabase = 0] = [cost[`${role} asked`], cost[`${role} toDatabase`]];
    const row = (what: string, calls: number, most: number) => [
      `${role}, ${what}`,
      `${round(changes)} × ${round(calls, 1)} = ${round(changes * calls)}`,
      round(most),
      round(Math.ceil((changes * calls) / most)),
    ];
    return [row('asked', asked, limit.asked), row('to its database', toDatabase, limit.toDatabase)];
  });
  printTable(
    "Step 3: calls of Temporal's roles",
    ['', 'calls a second', 'limit of a process', 'processes at least'],
    rows,
  );
}

function printShards(cost: Counters, changes: number): void {
  const { writeMs, shardBusy, openCarts } = assumed;
  const writes = cost['history shardWrites'] ?? 0;
  const transactions = cost['temporal transactions'] ?? 0;
  const needed = (changes * writes * writeMs) / 1_000 / shardBusy;
  const shards = 2 ** Math.ceil(Math.log2(needed));
  printTable(
    'Step 4: history shards',
    ['', 'arithmetic', ''],
    [
      [
        'shards busy writing',
        `${round(changes)} × ${round(writes, 1)} writes × ${writeMs} ms`,
        round((changes * writes * writeMs) / 1_000, 1),
      ],
      ['shards needed', `÷ ${shardBusy}`, round(needed)],
      ['next power of two', '', round(shards)],
      ['open carts a shard', `${round(openCarts)} ÷ ${round(shards)}`, round(openCarts / shards)],
      [
        "transactions of Temporal's Postgres",
        `${round(changes)} × ${round(transactions, 1)}`,
        `${round(changes * transactions)}/s`,
      ],
    ],
  );
}

function printDisk({ newCart, nextAdd }: CostOfCarts, cartsPerSecond: number): void {
  const { addsPerCart, closingInAdds, openCarts, meanOfPeak, retentionDays } = assumed;
  const more = addsPerCart - 1 + closingInAdds;
  const cartsADay = cartsPerSecond * meanOfPeak * 86_400;
  const rows = (['temporal', 'shop'] as const).flatMap((store) => {
    const name = store === 'temporal' ? 'Temporal' : 'shop';
    const bytes = newCart[`${store} bytes`]! + more * nextAdd[`${store} bytes`]!;
    const wal = newCart[`${store} walBytes`]! + more * nextAdd[`${store} walBytes`]!;
    const sumOf = (first: number, next: number) => `${kib(first)} + ${more} × ${kib(next)} KiB`;
    return [
      [`${name}: a cart`, sumOf(newCart[`${store} bytes`]!, nextAdd[`${store} bytes`]!), `${kib(bytes)} KiB`],
      [
        `${name}: open carts`,
        `${round(openCarts)} × ${kib(bytes)} KiB`,
        `${round(gib(openCarts * bytes))} GiB`,
      ],
      store === 'temporal'
        ? [
            `${name}: closed carts, kept ${retentionDays} days`,
            `${round(cartsADay)} × ${retentionDays} × ${kib(bytes)} KiB`,
            `${round(gib(cartsADay * retentionDays * bytes))} GiB`,
          ]
        : [
            `${name}: growth, nothing is deleted`,
            `${round(cartsADay)} × ${kib(bytes)} KiB`,
            `${round(gib(cartsADay * bytes))} GiB a day`,
          ],
      [
        `${name}: write-ahead log of a cart`,
        sumOf(newCart[`${store} walBytes`]!, nextAdd[`${store} walBytes`]!),
        `${kib(wal)} KiB`,
      ],
      [
        `${name}: log to archive`,
        `${round(cartsADay)} × ${kib(wal)} KiB`,
        `${round(gib(cartsADay * wal))} GiB a day`,
      ],
    ];
  });
  printTable(
    'Step 5: disks and backups',
    ['', 'arithmetic', ''],
    [
      ['carts a day', `${round(cartsPerSecond)} × 86,400 × ${round(meanOfPeak, 2)}`, round(cartsADay)],
      ...rows,
    ],
  );
}

function printMemory({ cachedBytes }: CostOfCarts, cartsPerSecond: number, workers: number): void {
  const worth = cartsPerSecond * assumed.cachedSeconds;
  const each = worth / workers;
  printTable(
    "Step 6: the workers' memory",
    ['', 'arithmetic', ''],
    [
      ['carts worth caching', `${round(cartsPerSecond)} × ${assumed.cachedSeconds} s`, round(worth)],
      ['`WORKER_CACHED_WORKFLOWS`', `${round(worth)} ÷ ${workers} workers`, round(each)],
      [
        'memory of a worker for it',
        `${round(each)} × ${kib(cachedBytes)} KiB`,
        `${round(gib(each * cachedBytes), 1)} GiB`,
      ],
    ],
  );
}

function printPools(connections: Record<string, number>, processes: Record<string, number>): void {
  const api = (connections['durable-cart api'] ?? 0) + (connections['durable-cart feed'] ?? 0);
  const worker = connections['durable-cart worker'] ?? 0;
  const { APIs: apis = 1, workers = 1 } = processes;
  const temporal = ['frontend', 'history', 'matching', 'worker'].map((role) => {
    const count = processes[`Temporal ${role}`] ?? 1;
    const pool = connections[`temporal ${role}`] ?? 0;
    return { role, count, pool };
  });
  printTable(
    'Step 7: connections',
    ['', 'arithmetic', 'connections'],
    [
      [
        "shop's Postgres",
        `${apis} APIs × ${api} + ${workers} workers × ${worker}`,
        apis * api + workers * worker,
      ],
      [
        "Temporal's Postgres",
        temporal.map(({ role, count, pool }) => `${count} ${role} × ${pool}`).join(' + '),
        temporal.reduce((sum, { count, pool }) => sum + count * pool, 0),
      ],
    ],
  );
}
