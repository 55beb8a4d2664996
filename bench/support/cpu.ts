import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** Linux counts CPU time in ticks of this length, whatever the machine. */
const tickMs = 10;
/** What an answer leaves to be done, such as its reservation, is over after this time. */
export const settleMs = 1_500;

/** A process, or several that are counted as one. */
export type Pids = Readonly<Record<string, number | readonly number[]>>;

/** CPU time that each of the processes spent on one call, with all that follows from it, by `/proc`: Linux only. */
export async function cpuPerCall(
  pids: Pids,
  calls: number,
  work: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await cpuMs(pids);
  await work();
  await pause(settleMs);
  const after = await cpuMs(pids);
  const perCall = Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / calls]);
  return Object.fromEntries(perCall) as Record<string, number>;
}

async function cpuMs(pids: Pids): Promise<Record<string, number>> {
  const processes = await listProcesses();
  const withChildren = (pid: number): number =>
    processes
      .filter(({ parent }) => parent === pid)
      .reduce((sum, child) => sum + withChildren(child.pid), processes.find((p) => p.pid === pid)?.ms ?? 0);
  const entries = Object.entries(pids).map(([name, pid]) => [
    name,
    [pid].flat().reduce((sum, each) => sum + withChildren(each), 0),
  ]);
  const { user, system } = process.cpuUsage();
  return { ...Object.fromEntries(entries), client: (user + system) / 1_000 } as Record<string, number>;
}

async function listProcesses(): Promise<{ pid: number; parent: number; ms: number }[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat, index) => {
    // The second field, the name, may hold spaces and brackets: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return stat === '' ? [] : [{ pid: Number(pids[index]), parent: Number(fields[1]), ms: ticks * tickMs }];
  });
}
