import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { processStartTime } from './process-info.ts';

const recordedProcess = z.object({
  name: z.string(),
  pid: z.number().int().positive(),
  /** Names one process for good together with the pid, which the system uses again. */
  startTime: z.string(),
  /** What ends it in good order. */
  signal: z.enum(['SIGTERM', 'SIGINT']),
});

const runState = z.object({
  supervisor: recordedProcess,
  /** In the order of their start. */
  parts: z.array(recordedProcess),
  /** For tools that talk to the running stack, once it is ready; passwords included. */
  urls: z.record(z.string(), z.string()),
});

export type RecordedProcess = z.output<typeof recordedProcess>;
export type RunState = z.output<typeof runState>;

const STOP_DEADLINE_MS = 15_000;

/** Of the stack that runs, or was left, on this data folder. An unreadable record counts as none. */
export function readRunState(dataDir: string): RunState | undefined {
  try {
    return runState.parse(JSON.parse(readFileSync(statePath(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

export interface RunRecord {
  started(name: string, pid: number, signal: RecordedProcess['signal']): Promise<void>;
  ended(pid: number): void;
  ready(urls: Record<string, string>): void;
  /** Everything has ended. */
  clear(): void;
}

/** Records this process as the one that runs the data folder, so that what it starts can be found again. */
export async function recordRun(dataDir: string): Promise<RunRecord> {
  const state: RunState = {
    supervisor: await describeProcess('make run', process.pid, 'SIGTERM'),
    parts: [],
    urls: {},
  };
  const save = (): void => writeState(dataDir, state);
  save();
  return {
    async started(name, pid, signal) {
      state.parts.push(await describeProcess(name, pid, signal));
      save();
    },
    ended(pid) {
      state.parts = state.parts.filter((part) => part.pid !== pid);
      save();
    },
    ready(urls) {
      state.urls = urls;
      save();
    },
    clear: () => forgetRun(dataDir),
  };
}

export function forgetRun(dataDir: string): void {
  rmSync(statePath(dataDir), { force: true });
}

async function describeProcess(
  name: string,
  pid: number,
  signal: RecordedProcess['signal'],
): Promise<RecordedProcess> {
  // Gone already: a text that no process has.
  return { name, pid, startTime: (await processStartTime(pid)) ?? 'ended', signal };
}

/** Whether it is still that very process, not another one with its number. */
export async function isStillRunning(recorded: RecordedProcess): Promise<boolean> {
  return (await processStartTime(recorded.pid)) === recorded.startTime;
}

/** Ends what a killed stack has left, users before what they use. Returns the names of what it ended. */
export async function endLeftovers(state: RunState, deadlineMs = STOP_DEADLINE_MS): Promise<string[]> {
  const ended: string[] = [];
  for (const part of state.parts.toReversed()) {
    if (await endProcess(part, deadlineMs)) ended.push(part.name);
  }
  return ended;
}

/** Signal, deadline, SIGKILL; false when it was not running. */
export async function endProcess(recorded: RecordedProcess, deadlineMs: number): Promise<boolean> {
  if (!(await isStillRunning(recorded))) return false;
  const deadline = Date.now() + deadlineMs;
  trySignal(recorded.pid, recorded.signal);
  while (await isStillRunning(recorded)) {
    if (Date.now() > deadline) {
      // Parts lead a process group of their own; the supervisor may not.
      trySignal(-recorded.pid, 'SIGKILL');
      trySignal(recorded.pid, 'SIGKILL');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function statePath(dataDir: string): string {
  return join(dataDir, 'run.json');
}

/** Renamed into place: a reader, or a kill in between, never meets half a record. */
function writeState(dataDir: string, state: RunState): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${statePath(dataDir)}.new`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, statePath(dataDir));
}
