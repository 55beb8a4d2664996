import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, type Child } from './child-process.ts';
import type { RunRecord } from './run-state.ts';

export interface Part {
  name: string;
  /** What ends it in good order. */
  signal: 'SIGTERM' | 'SIGINT';
  stopDeadlineMs: number;
  /** Resolves when it is ready; tells of the process as soon as there is one. */
  start(onSpawn: (child: Child) => void): Promise<Child>;
}

export interface SupervisorOptions {
  record: Pick<RunRecord, 'started' | 'ended'>;
  say: (line: string) => void;
  /** Before the n-th restart in a row. */
  backoffMs?: (attempt: number) => number;
}

export interface Supervisor {
  /** Starts a part and keeps it running; throws what the first start throws. */
  start(part: Part): Promise<void>;
  /** Ends the parts in this order, one after the other; what is not named comes last. */
  stop(order: readonly string[]): Promise<void>;
  /** SIGKILL to everything at once. */
  kill(): void;
}

const STEADY_MS = 30_000;
const defaultBackoffMs = (attempt: number): number => Math.min(250 * 2 ** attempt, 10_000);

/** Keeps child processes running until it is told to stop: a part that ends by itself is started again. */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { record, say, backoffMs = defaultBackoffMs } = options;
  const running = new Map<string, { part: Part; child: Child }>();
  const stopped = new AbortController();

  async function startOnce(part: Part): Promise<Child> {
    stopped.signal.throwIfAborted();
    const recorded: Promise<void>[] = [];
    const child = await part.start((spawned) => {
      running.set(part.name, { part, child: spawned });
      recorded.push(record.started(part.name, spawned.pid, part.signal));
      void spawned.exited.then(() => record.ended(spawned.pid));
      // Told to stop between the decision to start and the start.
      if (stopped.signal.aborted) void spawned.stop({ signal: part.signal, deadlineMs: part.stopDeadlineMs });
    });
    await Promise.all(recorded);
    return child;
  }

  return {
    async start(part) {
      const child = await startOnce(part);
      void keepRunning({ part, first: child, startOnce, say, backoffMs, stopped: stopped.signal });
    },
    async stop(order) {
      stopped.abort();
      const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
      const names = [...running.keys()].toSorted((a, b) => place(a) - place(b));
      for (const name of names) {
        const { part, child } = running.get(name) as { part: Part; child: Child };
        await child.stop({ signal: part.signal, deadlineMs: part.stopDeadlineMs });
      }
    },
    kill() {
      stopped.abort();
      for (const { child } of running.values()) child.kill();
    },
  };
}

interface Watch extends Required<Pick<SupervisorOptions, 'say' | 'backoffMs'>> {
  part: Part;
  first: Child;
  startOnce: (part: Part) => Promise<Child>;
  stopped: AbortSignal;
}

async function keepRunning(watch: Watch): Promise<void> {
  const { part, say, stopped } = watch;
  let child: Child | undefined = watch.first;
  for (let attempt = 0; child !== undefined; attempt++) {
    const readySince = Date.now();
    const exit = await child.exited;
    if (stopped.aborted) return;
    if (Date.now() - readySince > STEADY_MS) attempt = 0;
    say(`${part.name} ended unexpectedly (${describeExit(exit)}); starting it again`);
    child = await startAgain(watch, attempt);
    if (child !== undefined) say(`${part.name} runs again`);
  }
}

async function startAgain(watch: Watch, attempts: number): Promise<Child | undefined> {
  const { part, startOnce, say, backoffMs, stopped } = watch;
  for (let attempt = attempts; !stopped.aborted; attempt++) {
    try {
      await sleep(backoffMs(attempt), undefined, { signal: stopped });
      return await startOnce(part);
    } catch (error) {
      if (stopped.aborted) return undefined;
      say(`${part.name} does not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return undefined;
}
