import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadDevConfig, processEnvironment } from '../config.ts';
import { isStillRunning, readRunState } from './run-state.ts';
import { runMain } from '../platform/main.ts';

// By name: a DATA_DIR that points to the wrong place loses nothing of its own.
const OURS = ['postgres', 'postgres.new', 'postgres.new.password', 'temporal', 'logs'];
const OUR_FILES = [
  'reservations.jsonl',
  'payments.jsonl',
  'session-secret',
  'payment-webhook-secret',
  'run.json',
  'run.json.new',
];

/** `make reset`, after `make stop`: deletes what `make run` keeps in DATA_DIR, and nothing else. */
await runMain(async () => {
  const { dataDir } = loadDevConfig(processEnvironment());
  const state = readRunState(dataDir);
  if (state !== undefined && (await isStillRunning(state.supervisor))) {
    throw new Error(`A stack runs on ${dataDir}: end it with \`make stop\` first.`);
  }
  const present = await readdir(dataDir).catch(() => []);
  const ours = present.filter((name) => OURS.includes(name) || OUR_FILES.includes(name));
  if (ours.length === 0) {
    console.log(`Nothing to delete in ${dataDir}.`);
    return;
  }
  console.log(`Deleting in ${dataDir}: ${ours.join(', ')}`);
  for (const name of ours) await rm(join(dataDir, name), { recursive: true, force: true });
});
