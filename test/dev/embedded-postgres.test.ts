import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { processCommand } from '../../src/dev/process-info.ts';

let folder: string;
let running: EmbeddedPostgres | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  // As root the server runs as somebody else, who has to get there.
  chmodSync(folder, 0o711);
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true });
});

async function start(dataDir = join(folder, 'data')): Promise<EmbeddedPostgres> {
  running = await startEmbeddedPostgres({
    dataDir,
    port: await freePort(),
    host: '127.0.0.1',
    log: () => {},
  });
  return running;
}

async function query<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1 });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

it('keeps its data across a stop and across SIGKILL', async () => {
  const first = await start();
  await query(first.url, (sql) => sql`create table kept as select 1 as n`);
  await first.stop();

  const second = await start();
  await query(second.url, (sql) => sql`insert into kept values (2)`);
  second.child.kill();
  await second.child.exited;

  const third = await start();
  const rows = await query(third.url, (sql) => sql`select n from kept order by n`);
  expect(rows.map((row) => row['n'])).toEqual([1, 2]);
});

it('starts in spite of a pid file whose number belongs to another program by now', async () => {
  await (await start()).stop();
  writeFileSync(join(folder, 'data', 'postmaster.pid'), `${process.pid}\n${join(folder, 'data')}\n`);
  const again = await start();
  expect(await processCommand(again.pid)).toContain('postgres');
});

it('leaves no process after a stop', async () => {
  const server = await start();
  await server.stop();
  expect(await processCommand(server.pid)).toBeUndefined();
});

it('refuses a second server on the same folder, and says how to end the first', async () => {
  const first = await start();
  const dataDir = join(folder, 'data');
  const second = startEmbeddedPostgres({ dataDir, port: await freePort(), host: '127.0.0.1', log: () => {} });
  await expect(second).rejects.toThrow(`A Postgres (process ${first.pid}) already runs on ${dataDir}`);
});

it('lets nobody in without its password', async () => {
  const { url } = await start();
  const open = new URL(url);
  open.password = '';
  await expect(query(open.href, (sql) => sql`select 1`)).rejects.toThrow(/password/);
});

it('says in one line which folder is corrupt and what to do', async () => {
  await (await start()).stop();
  writeFileSync(join(folder, 'data', 'global', 'pg_control'), '');
  const error = (await start().catch((reason: unknown) => reason)) as Error;
  expect(error.message).toContain(join(folder, 'data'));
  expect(error.message).toMatch(/^[^\n]*`make reset`[^\n]*DATA_DIR[^\n]*$/);
});

it('touches no folder that is not its own', async () => {
  mkdirSync(join(folder, 'photos'));
  await expect(start(join(folder, 'photos'))).rejects.toThrow(/photos is not a Postgres data folder/);
});
