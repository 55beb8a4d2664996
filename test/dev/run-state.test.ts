import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startChild, type Child } from '../../src/dev/child-process.ts';
import { endLeftovers, isStillRunning, readRunState, recordRun } from '../../src/dev/run-state.ts';

let dataDir: string;
const children: Child[] = [];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'run-state-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
  rmSync(dataDir, { recursive: true });
});

/** A process that ends on SIGTERM, or that has to be killed. */
async function sleeper({ stubborn = false } = {}): Promise<Child> {
  const code = `${stubborn ? 'process.on("SIGTERM", () => {});' : ''} console.log('up'); setInterval(() => {}, 1e6);`;
  let up = (): void => {};
  const isUp = new Promise<void>((resolve) => {
    up = resolve;
  });
  const child = await startChild({
    name: 'sleeper',
    command: process.execPath,
    args: ['-e', code],
    onLine: () => up(),
  });
  children.push(child);
  await isUp;
  return child;
}

function stateNow() {
  const state = readRunState(dataDir);
  if (state === undefined) throw new Error('no record');
  return state;
}

describe('the record of a running stack', () => {
  it('names this process as the one that runs the data folder', async () => {
    await recordRun(dataDir);
    expect(stateNow().supervisor.pid).toBe(process.pid);
    expect(await isStillRunning(stateNow().supervisor)).toBe(true);
  });

  it('is for its owner only, since it holds the passwords of the addresses', async () => {
    (await recordRun(dataDir)).ready({ databaseUrl: 'postgres://u:p@h/d' });
    expect(statSync(join(dataDir, 'run.json')).mode & 0o777).toBe(0o600);
    expect(stateNow().urls).toEqual({ databaseUrl: 'postgres://u:p@h/d' });
  });

  it('forgets a part that has ended, and is gone when everything has', async () => {
    const record = await recordRun(dataDir);
    await record.started('a', 1, 'SIGTERM');
    await record.started('b', 2, 'SIGINT');
    record.ended(1);
    expect(stateNow().parts.map(({ name }) => name)).toEqual(['b']);
    record.clear();
    expect(readRunState(dataDir)).toBeUndefined();
  });

  it('counts as none when it cannot be read', () => {
    writeFileSync(join(dataDir, 'run.json'), '{"supervisor":');
    expect(readRunState(dataDir)).toBeUndefined();
  });
});

describe('what a killed stack has left', () => {
  it('is ended, users before what they use', async () => {
    const record = await recordRun(dataDir);
    const [database, api] = [await sleeper(), await sleeper()];
    await record.started('database', database.pid, 'SIGTERM');
    await record.started('api', api.pid, 'SIGTERM');
    expect(await endLeftovers(stateNow())).toEqual(['api', 'database']);
    expect(await database.exited).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('is killed when it does not end by itself in time', async () => {
    const record = await recordRun(dataDir);
    const stubborn = await sleeper({ stubborn: true });
    await record.started('stubborn', stubborn.pid, 'SIGTERM');
    await endLeftovers(stateNow(), 100);
    expect(await stubborn.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('does not include another process that has got the number meanwhile', async () => {
    const record = await recordRun(dataDir);
    const stranger = await sleeper();
    await record.started('worker', stranger.pid, 'SIGTERM');
    const state = stateNow();
    const parts = state.parts.map((part) => ({ ...part, startTime: 'another time' }));
    expect(await endLeftovers({ ...state, parts })).toEqual([]);
    process.kill(stranger.pid, 0);
  });
});
