import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The command line of a running process; `undefined` when there is none (a zombie counts as none). */
export async function processCommand(pid: number): Promise<string | undefined> {
  if (platform() === 'linux') {
    const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return raw === '' ? undefined : raw.replaceAll('\0', ' ').trim();
  }
  return (await ps(pid, 'command')) || undefined;
}

/**
 * When a process started, as an opaque text: with the pid it names one process for good, since pids are
 * used again. `undefined` when there is no such process.
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (platform() !== 'linux') return (await ps(pid, 'lstart')) || undefined;
  const [stat, bootId] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
  ]);
  // The second field, the name, may hold spaces and brackets: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (startTicks === undefined || state === 'Z') return undefined;
  return `${bootId.trim()}/${startTicks}`;
}

async function ps(pid: number, column: string): Promise<string> {
  const answer = await run('ps', ['-o', `${column}=`, '-p', String(pid)]).catch(() => undefined);
  return answer?.stdout.trim() ?? '';
}
