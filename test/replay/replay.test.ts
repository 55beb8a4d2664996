import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { quietTemporal } from '../support/quiet-temporal.ts';

const folder = new URL('histories/', import.meta.url);
const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));

async function historyOf(file: string) {
  return historyFromJSON(JSON.parse(await readFile(new URL(file, folder), 'utf8')));
}

beforeAll(() => quietTemporal());

describe('recorded histories', () => {
  it('are there for every kind of life', () => {
    const lives = new Set(files.map((file) => file.split('.')[0]?.replace(/-\d+$/, '')));
    expect([...lives].toSorted()).toEqual([
      'abandoned-and-resumed',
      ...['chaos-calls-repeated', 'chaos-calls-timed-out', 'chaos-claimed', 'chaos-claimed-by'],
      ...['chaos-continued-as-new', 'chaos-tasks-failed', 'chaos-tasks-timed-out'],
      'claimed',
      'claimed-by',
      'continued-as-new',
      'given-up-and-refunded',
      'not-paid-then-paid',
      'one-line',
      'paid-and-renewed',
      'refused-and-retried',
      'refused-checkouts',
      'removed-while-pending',
      'renewed-holds',
    ]);
  });

  for (const file of files) {
    it(`${file} replays clean: an open cart like it survives this version of the code`, async () => {
      const options = { workflowBundle: { codePath: inject('bundlePath') } };
      await expect(Worker.runReplayHistory(options, await historyOf(file))).resolves.toBeUndefined();
    });
  }

  it('do not replay against a workflow that schedules something new', async () => {
    const workflowsPath = fileURLToPath(new URL('tampered.workflow.ts', import.meta.url));
    await expect(Worker.runReplayHistory({ workflowsPath }, await historyOf(files[0]!))).rejects.toThrow(
      /[Nn]on-?determinis/,
    );
  });
});
