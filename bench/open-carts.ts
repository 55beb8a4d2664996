import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { compare, drive, type Load } from './support/load.ts';
import { fileBytes, residentBytes } from './support/memory.ts';
import { createOpener } from './support/open-carts.ts';
import { bytes, latencyText, medianLatency, number, seconds, spreadOf, type Row } from './support/rows.ts';

const hotCarts = 64;
const settleMs = 3_000;
const aim = { atMost: 1.2 };

interface AtSize {
  carts: number;
  adds: Load[];
  bare: Load[];
}

interface Space {
  memory: number;
  serverDisk: number;
  postgres: number;
}

/** What open, idle carts cost: the latency of adds to other carts, memory and disk. */
export async function measureOpenCarts({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { adds, fewRounds: rounds, concurrency } = sizes;
  const opener = await createOpener({ stack, concurrency, say });
  const hot = await stack.shop.newSessions(hotCarts);
  const addToHot = () =>
    drive(adds, concurrency, (i) => stack.shop.addItem(hot[i % hotCarts]!.path, 'apple'));
  const pokeHot = () => drive(adds, concurrency, (i) => stack.pokeBare(`bare-hot-${i % hotCarts}`));
  // A server's heap and its caches are there before the first cart that counts.
  await addToHot();

  async function latenciesAt(carts: number): Promise<AtSize> {
    const name = `adds with ${carts} open carts, and bare calls`;
    const { settle } = stack;
    const { ours, bare } = await compare(name, { rounds, say, settle, ours: addToHot, bare: pokeHot });
    return { carts, adds: ours, bare };
  }

  const measured: AtSize[] = [];
  const grown: Space = { memory: 0, serverDisk: 0, postgres: 0 };
  let opened = 0;
  let openingMs = 0;
  for (const size of sizes.openCarts) {
    const before = await spaceOf(stack);
    const startedAt = performance.now();
    opened += await opener.openUpTo(size);
    openingMs += performance.now() - startedAt;
    const after = await spaceOf(stack);
    for (const kind of ['memory', 'serverDisk', 'postgres'] as const)
      grown[kind] += after[kind] - before[kind];
    measured.push(await latenciesAt(size));
  }
  return [...latencyRows(measured), ...spaceRows(grown, opened), openingRow(opened, openingMs)];
}

function latencyRows([first, ...others]: readonly AtSize[]): Row[] {
  const base = medianLatency(first!.adds);
  return others.map(({ carts, adds, bare }) => ({
    what: `p50 of add-item with ${number(carts)} open carts ÷ with ${number(first!.carts)}`,
    ratio: spreadOf(adds.map(({ p50Ms }) => p50Ms / base.p50Ms)),
    aim,
    ours: latencyText(medianLatency(adds)),
    bare: latencyText(base),
    note: `both ours; bare \`signalWithStart\` meanwhile: ${latencyText(medianLatency(bare))} and ${latencyText(medianLatency(first!.bare))}`,
  }));
}

const spaceRows = (grown: Space, carts: number): Row[] =>
  [
    {
      where: "in the Temporal server's memory",
      of: grown.memory,
      note: 'growth of what is resident, its caches included',
    },
    { where: "in Temporal's database", of: grown.serverDisk, note: 'SQLite file and write-ahead log' },
    {
      where: "in the shop's Postgres",
      of: grown.postgres,
      note: 'a cart of one line, its operations not counted',
    },
  ].map(({ where, of, note }) => ({
    what: `an open cart, ${where}`,
    ours: bytes(of / carts),
    note: `${note}; ${number(carts)} carts`,
  }));

const openingRow = (carts: number, ms: number): Row => ({
  what: 'opening a cart as continue-as-new does, its one task included',
  ours: `${number((carts / ms) * 1_000)}/s`,
  note: `${number(carts)} carts in ${seconds(ms)}`,
});

async function spaceOf({ pids, folder, sql }: BenchStack): Promise<Space> {
  await pause(settleMs);
  const file = join(folder, 'temporal.db');
  const [row] = await sql<{ size: string }[]>`select pg_database_size(current_database()) as size`;
  return {
    memory: await residentBytes(pids.temporal),
    serverDisk: await fileBytes([file, `${file}-wal`]),
    postgres: Number(row!.size),
  };
}
