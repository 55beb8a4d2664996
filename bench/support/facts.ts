import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { BenchStack } from './bench-stack.ts';
import { sizes } from './sizes.ts';

const run = promisify(execFile);
/** Of the last 1, 5 and 15 minutes. */
export const loadNow = (): string =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(', ');

/** What the figures depend on. */
export async function machineFacts({ client, sql }: BenchStack) {
  const [postgres] = await sql<{ server_version: string }[]>`show server_version`;
  const { serverVersion } = await client.connection.workflowService.getSystemInfo({});
  const sdk = JSON.parse(await readFile('node_modules/@temporalio/worker/package.json', 'utf8')) as {
    version: string;
  };
  return {
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'unknown make'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()}; everything on it`,
    versions: `Node ${process.version}, Temporal server ${serverVersion}, SDK ${sdk.version}, Postgres ${postgres?.server_version.split(' ')[0]}`,
    commit: await commit(),
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    sizes: `${sizes.concurrency} at once; ${sizes.rounds} rounds of ${sizes.adds} adds, ${sizes.reads} reads, ${sizes.checkouts} checkouts`,
  };
}

async function commit(): Promise<string> {
  try {
    const { stdout: hash } = await run('git', ['rev-parse', '--short', 'HEAD']);
    const { stdout: changes } = await run('git', ['status', '--porcelain', '--untracked-files=no']);
    return `${hash.trim()}${changes === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}
