import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  /** For people, in messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** To run as somebody else; only root can. */
  uid?: number;
  gid?: number;
  onLine?: (line: string) => void;
}

export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Child {
  name: string;
  pid: number;
  exited: Promise<ChildExit>;
  /** The last lines of output, to say why a start failed. */
  tail(): string[];
  /** Sends the signal, waits, then kills the whole process group. Safe to call twice. */
  stop(options?: { signal?: NodeJS.Signals; deadlineMs?: number }): Promise<void>;
  /** SIGKILL to the whole group, at once. */
  kill(): void;
}

export class ChildStartError extends Error {
  override name = 'ChildStartError';
}

const TAIL_LINES = 20;

/**
 * Starts a program in its own process group, so that the terminal's Ctrl-C reaches only us and the parts
 * end in order. Throws `ChildStartError` when the program cannot be run at all.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, command, args, onLine = () => {} } = options;
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  const tail: string[] = [];
  collectLines(child, (line) => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
    onLine(line);
  });
  let gone = false;
  const exited = new Promise<ChildExit>((resolve) => {
    // `close` rather than `exit`: the last lines are read by then.
    child.once('close', (code, signal) => {
      gone = true;
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', (error) =>
      reject(new ChildStartError(`${name}: cannot run ${command}: ${error.message}`)),
    );
  });
  const kill = (): void => {
    if (!gone) signalGroup(pid, 'SIGKILL');
  };

  const stop: Child['stop'] = async ({ signal = 'SIGTERM', deadlineMs = 10_000 } = {}) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const timer = setTimeout(kill, deadlineMs);
    await exited;
    clearTimeout(timer);
  };
  return { name, pid, exited, tail: () => [...tail], stop, kill };
}

function collectLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', onLine);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Repeats `probe` until it answers true. Throws `ChildStartError` with the child's last lines when the child
 * ends first, or when `deadlineMs` have passed.
 */
export async function waitUntilReady(
  child: Child,
  probe: () => Promise<boolean>,
  { deadlineMs, intervalMs = 50 }: { deadlineMs: number; intervalMs?: number },
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const outcome = await Promise.race([child.exited, probe().catch(() => false)]);
    if (outcome === true) return;
    if (typeof outcome === 'object') throw startError(child, `ended at once (${describeExit(outcome)})`);
    if (Date.now() > deadline) throw startError(child, `was not ready within ${deadlineMs / 1_000} s`);
    await Promise.race([child.exited, new Promise((resolve) => setTimeout(resolve, intervalMs))]);
  }
}

export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `exit code ${code}` : signal;
}

function startError(child: Child, what: string): ChildStartError {
  const lines = child
    .tail()
    .slice(-3)
    .map((line) => `  ${line}`);
  return new ChildStartError([`${child.name} ${what}`, ...lines].join('\n'));
}

export async function answersHttp(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.status === 200;
}
