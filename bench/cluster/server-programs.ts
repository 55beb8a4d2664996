import { constants } from 'node:fs';
import { access, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startChild } from '../../src/dev/child-process.ts';

/** The newest that the Go of this project's machines builds; of the dev server's line. */
const VERSION = 'v1.32.1';
const MODULE = 'go.temporal.io/server';

export interface ServerPrograms {
  server: string;
  sqlTool: string;
}

/**
 * Temporal's own server and its schema tool: from the folder in TEMPORAL_SERVER, from the project's cache, or
 * built from their Go module into that cache.
 */
export async function findServerPrograms(log: (line: string) => void): Promise<ServerPrograms> {
  const given = process.env['TEMPORAL_SERVER'];
  const folder = resolve(given ?? '.cache/temporal-server');
  const programs = { server: join(folder, 'temporal-server'), sqlTool: join(folder, 'temporal-sql-tool') };
  if (await areThere(programs)) return programs;
  if (given !== undefined) {
    throw new Error(`TEMPORAL_SERVER is "${given}": no temporal-server and temporal-sql-tool in that folder`);
  }
  log(
    `Building temporal-server and temporal-sql-tool ${VERSION} from the Go module ${MODULE} into ${folder};`,
  );
  log(`Go fetches about 1 GB of modules into its own cache. Once, about 15 minutes on 2 cores …`);
  const startedAt = Date.now();
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(tmpdir(), 'temporal-server-'));
  try {
    await install(draft, 'cmd/server', programs.server);
    await install(draft, 'cmd/tools/sql', programs.sqlTool);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  log(`Built in ${((Date.now() - startedAt) / 60_000).toFixed(1)} minutes.`);
  return programs;
}

async function areThere(programs: ServerPrograms): Promise<boolean> {
  const missing = await Promise.allSettled(
    Object.values(programs).map((path) => access(path, constants.X_OK)),
  );
  return missing.every(({ status }) => status === 'fulfilled');
}

/** `go install` names a program after its folder, so each gets a folder of its own. */
async function install(draft: string, command: string, path: string): Promise<void> {
  const bin = await mkdtemp(join(draft, 'bin-'));
  const target = `${MODULE}/${command}@${VERSION}`;
  await runToEnd({
    name: `go install ${target}`,
    command: 'go',
    args: ['install', '-trimpath', '-ldflags=-s -w', target],
    env: { ...process.env, CGO_ENABLED: '0', GOBIN: bin },
  });
  // Never half a program at its place; and the two folders may be on different disks.
  await copyFile(join(bin, command.slice(command.lastIndexOf('/') + 1)), `${path}.new`);
  await rename(`${path}.new`, path);
}

/** Runs a program; throws with its last lines when it fails. */
export async function runToEnd(options: Parameters<typeof startChild>[0]): Promise<void> {
  const child = await startChild(options);
  const { code } = await child.exited;
  if (code !== 0) throw new Error([`${child.name} failed`, ...child.tail()].join('\n'));
}
