import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { recordRun } from '../../src/dev/run-state.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'durable-cart-reset-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

/** Runs `src/dev/<program>` as `make` does; answers its exit code and what it said. */
async function run(program: string): Promise<{ code: number; said: string }> {
  const script = resolve(import.meta.dirname, '../../src/dev', program);
  const env = { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      env,
    });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

it('make reset deletes what the stack keeps, and nothing else in the folder', async () => {
  for (const folder of ['postgres', 'temporal', 'photos']) mkdirSync(join(dataDir, folder));
  for (const file of [
    'reservations.jsonl',
    'payments.jsonl',
    'session-secret',
    'payment-webhook-secret',
    'admin-token',
    'notes.txt',
  ])
    writeFileSync(join(dataDir, file), '');
  expect((await run('reset.ts')).code).toBe(0);
  expect(readdirSync(dataDir)).toEqual(['notes.txt', 'photos']);
});

it('make reset deletes nothing under a stack that runs', async () => {
  await recordRun(dataDir);
  mkdirSync(join(dataDir, 'postgres'));
  const { code, said } = await run('reset.ts');
  expect([code, readdirSync(dataDir)]).toEqual([1, ['postgres', 'run.json']]);
  expect(said).toContain('make stop');
});

it('make seed says in one line that no stack runs', async () => {
  const { code, said } = await run('seed.ts');
  expect(code).toBe(1);
  expect(said).toBe(`No stack runs on ${dataDir}: start one with \`make run\` in another terminal first.\n`);
});

it('make seed leaves a stack with a database or a service from outside alone', async () => {
  (await recordRun(dataDir)).ready({
    api: 'http://127.0.0.1:9',
    databaseUrl: 'postgres://shop.example/shop',
  });
  const { code, said } = await run('seed.ts');
  expect(code).toBe(1);
  expect(said).toContain('run without DATABASE_URL, RESERVATION_URL and PAYMENT_URL');
});
