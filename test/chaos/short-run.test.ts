import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const kills = 4;

it(`a shop whose parts are killed ${kills} times has its books in order`, async () => {
  const env = { ...process.env, CHAOS_SEED: '7', CHAOS_KILLS: String(kills), CHAOS_SHOPPERS: '4' };
  const ended = run(process.execPath, ['--import', 'tsx', resolve('chaos/run.ts')], { env });
  const { stdout } = await ended.catch((error: Error & { stdout: string }) => {
    throw new Error(`The run is not proven:\n${error.stdout.slice(-5_000)}`, { cause: error });
  });
  expect(stdout).toMatch(new RegExp(`\\b${kills} kills\\b`));
}, 240_000);
