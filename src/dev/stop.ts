import { loadDevConfig, processEnvironment } from '../config.ts';
import { endLeftovers, endProcess, forgetRun, isStillRunning, readRunState } from './run-state.ts';
import { runMain } from '../platform/main.ts';

// Above the sum of what its parts may take to end in order.
const SUPERVISOR_DEADLINE_MS = 60_000;

/** `make stop`: ends the stack of this DATA_DIR, or what a killed one has left; nothing else. */
await runMain(async () => {
  const { dataDir } = loadDevConfig(processEnvironment());
  const state = readRunState(dataDir);
  if (state === undefined) {
    console.log(`Nothing runs on ${dataDir}.`);
    return;
  }
  if (await isStillRunning(state.supervisor)) {
    console.log(`Stopping the stack on ${dataDir} …`);
    await endProcess(state.supervisor, SUPERVISOR_DEADLINE_MS);
  }
  const ended = await endLeftovers(readRunState(dataDir) ?? state);
  forgetRun(dataDir);
  console.log(ended.length > 0 ? `Stopped what was left: ${ended.join(', ')}.` : 'Stopped.');
});
