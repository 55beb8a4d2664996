import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';
import { answersHttp, ChildStartError, startChild, waitUntilReady, type Child } from './child-process.ts';
import { workerEnv, type ChildEnv } from './child-env.ts';
import type { Part } from './supervisor.ts';

/** Where the lines of a part go. */
export type LineSink = (part: string) => (line: string) => void;

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;

interface NodePart {
  name: string;
  /** Of the compiled program, below `src`. */
  program: string;
  env: ChildEnv;
  lines: LineSink;
  isReady: (child: Child) => Promise<boolean>;
}

function nodePart({ name, program, env, lines, isReady }: NodePart): Part {
  return {
    name,
    signal: 'SIGTERM',
    stopDeadlineMs: STOP_DEADLINE_MS,
    async start(onSpawn) {
      const child = await startProgram(name, program, env, lines);
      onSpawn(child);
      try {
        await waitUntilReady(child, () => isReady(child), { deadlineMs: START_DEADLINE_MS });
      } catch (error) {
        await child.stop({ deadlineMs: STOP_DEADLINE_MS });
        throw error;
      }
      return child;
    },
  };
}

function startProgram(name: string, program: string, env: ChildEnv, lines: LineSink): Promise<Child> {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url));
  const args = ['--enable-source-maps', path];
  return startChild({ name, command: process.execPath, args, env, onLine: lines(name) });
}

export function stubPart(
  name: 'reservations' | 'payments',
  url: string,
  env: ChildEnv,
  lines: LineSink,
): Part {
  return nodePart({
    name,
    program: `dev/${name.slice(0, -1)}-stub/main.js`,
    env,
    lines,
    isReady: () => answersHttp(`${url}/healthz`),
  });
}

export function apiPart(url: string, env: ChildEnv, lines: LineSink): Part {
  return nodePart({
    name: 'api',
    program: 'api.js',
    env,
    lines,
    isReady: () => answersHttp(`${url}/readyz`),
  });
}

export function workerPart(temporal: TemporalConfig, env: ChildEnv, lines: LineSink): Part {
  return nodePart({
    name: 'worker',
    program: 'worker.js',
    env: workerEnv(env),
    lines,
    isReady: (child) => polls(temporal, child.pid),
  });
}

/** Runs to its end; throws when it fails. */
export async function migrate(env: ChildEnv, lines: LineSink, signal: AbortSignal): Promise<void> {
  const child = await startProgram('migrate', 'migrate.js', env, lines);
  signal.addEventListener('abort', child.kill);
  const { code } = await child.exited;
  signal.removeEventListener('abort', child.kill);
  signal.throwIfAborted();
  if (code !== 0) throw new ChildStartError('The migration failed; its last lines are above.');
}

const WORKFLOW_TASK_QUEUE = 1;

/** Temporal lists who asks for work; an SDK worker is called `<pid>@<host>` there. */
async function polls(temporal: TemporalConfig, pid: number): Promise<boolean> {
  const connection = await Connection.connect({ ...temporal.connection, connectTimeout: 2_000 });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + 2_000, () =>
      connection.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: temporal.taskQueue },
        taskQueueType: WORKFLOW_TASK_QUEUE,
      }),
    );
    return (pollers ?? []).some(({ identity }) => identity?.startsWith(`${pid}@`) === true);
  } finally {
    await connection.close();
  }
}
