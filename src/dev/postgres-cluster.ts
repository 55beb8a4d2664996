import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { startChild, type Child } from './child-process.ts';
import type { RunAs } from './run-as.ts';

/** The message is one line for the person at the terminal. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

export const POSTGRES_USER = 'postgres';
const PASSWORD_FILE = 'durable-cart.password';

export const MEND = 'Start afresh with `make reset`, or use another folder: DATA_DIR=….';

/** Initialised beside and moved into place: a Ctrl-C in between leaves no half-made folder. */
export async function ensureCluster(
  dataDir: string,
  initdb: string,
  runAs: RunAs | undefined,
  log: (line: string) => void,
): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  if (existsSync(dataDir)) {
    throw new EmbeddedPostgresError(`The data folder ${dataDir} is not a Postgres data folder. ${MEND}`);
  }
  const draft = `${dataDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(draft, { mode: 0o700 });
  if (runAs !== undefined) await chown(draft, runAs.uid, runAs.gid);
  const passwordFile = `${draft}.password`;
  await writeFile(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
  if (runAs !== undefined) await chown(passwordFile, runAs.uid, runAs.gid);
  try {
    await runInitdb(initdb, draft, passwordFile, runAs, log);
    // The password decides who gets in, and `listen_addresses` from where.
    await writeFile(
      join(draft, 'pg_hba.conf'),
      'local all all scram-sha-256\nhost all all all scram-sha-256\n',
    );
    await rename(passwordFile, join(draft, PASSWORD_FILE));
    await rename(draft, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(
  initdb: string,
  draft: string,
  passwordFile: string,
  runAs: RunAs | undefined,
  log: (line: string) => void,
): Promise<void> {
  const child = await startPostgresProgram('initdb', initdb, runAs, log, [
    `--pgdata=${draft}`,
    `--username=${POSTGRES_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ]);
  const { code } = await child.exited;
  if (code !== 0) {
    throw new EmbeddedPostgresError(`Postgres cannot make its data folder: ${child.tail().join(' ')}`);
  }
}

/** The cluster's own, made with it. */
export async function readPassword(dataDir: string): Promise<string> {
  try {
    return (await readFile(join(dataDir, PASSWORD_FILE), 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data folder ${dataDir} cannot be used: ${messageOf(error)}. ${MEND}`,
    );
  }
}

export function startPostgresProgram(
  name: string,
  command: string,
  runAs: RunAs | undefined,
  onLine: (line: string) => void,
  args: readonly string[],
): Promise<Child> {
  // The working directory and the language must suit the user it runs as, and our reading of its messages.
  return startChild({
    name,
    command,
    args,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    onLine,
    ...idsOf(runAs),
  });
}

function idsOf(runAs: RunAs | undefined): { uid?: number; gid?: number } {
  return runAs === undefined ? {} : { uid: runAs.uid, gid: runAs.gid };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
