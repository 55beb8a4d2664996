import { platform } from 'node:os';
import type { Bench } from './support/bench-stack.ts';
import { cpuPerCall } from './support/cpu.ts';
import { compare, drive } from './support/load.ts';
import { comparisonRow, cpuText, number, spreadOf, type Row } from './support/rows.ts';

const existingCarts = 64;
const aim = { atLeast: 0.9 };

/** Adds through the API, reservations included, as a ratio to bare `signalWithStart`. */
export async function measureAdds({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { adds, rounds, concurrency } = sizes;
  const { newSessions, addItem } = stack.shop;
  const sessions = await newSessions(existingCarts);
  await drive(existingCarts, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));

  const addToExisting = () =>
    drive(adds, concurrency, (i) => addItem(sessions[i % existingCarts]!.path, 'apple'));
  const pokeExisting = () => drive(adds, concurrency, (i) => stack.pokeBare(`bare-${i % existingCarts}`));
  const addToNew = async () => {
    const created = await newSessions(adds);
    return await drive(adds, concurrency, (i) => addItem(created[i]!.path, 'apple'));
  };
  const pokeNew = () => {
    const batch = crypto.randomUUID();
    return drive(adds, concurrency, (i) => stack.pokeBare(`bare-${batch}-${i}`));
  };

  const pairs = [
    ['existing carts', addToExisting, pokeExisting],
    ['new carts', addToNew, pokeNew],
  ] as const;
  const rows: Row[] = [];
  for (const [carts, ours, bare] of pairs) {
    const name = `add-item, ${carts} ÷ bare \`signalWithStart\``;
    const settle = stack.settle;
    rows.push(comparisonRow(await compare(name, { rounds, say, ours, bare, settle }), { aim }));
    if (platform() !== 'linux') continue;
    // At once: the new carts will have driven the existing ones out of the worker's memory.
    say(`CPU time of add-item, ${carts}`);
    const [add, call] = [await cpuPerCall(stack.pids, adds, ours), await cpuPerCall(stack.pids, adds, bare)];
    rows.push(cpuRow(carts, add, call));
  }
  return rows;
}

/** The other way up than the rates: what takes more CPU time has the lower ratio in both. */
function cpuRow(carts: string, ours: Record<string, number>, bare: Record<string, number>): Row {
  const [add, call] = [cpuText(ours), cpuText(bare)];
  return {
    what: `CPU time of bare \`signalWithStart\` ÷ of add-item, ${carts}`,
    ratio: spreadOf([call.total / add.total]),
    ours: `${number(add.total)} ms`,
    bare: `${number(call.total)} ms`,
    note: `an add: ${add.shares} ms; bare: ${call.shares} ms`,
  };
}
