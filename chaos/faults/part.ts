import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from '../../src/dev/child-process.ts';
import { signalTree } from './process-tree.ts';

/** A process of the shop that comes back whenever it is gone. */
export interface Part {
  name: string;
  /** SIGKILL, with all its children; resolves when it is back and ready. */
  kill(downMs: number): Promise<void>;
  /** SIGSTOP, then SIGCONT. */
  pause(forMs: number): Promise<void>;
  /** Resolves when it is up, and nothing is being done to it. */
  idle(): Promise<void>;
  diedByItself(): number;
  stop(): Promise<void>;
}

export interface PartOptions {
  name: string;
  /** Resolves when it is ready. */
  launch: () => Promise<Child>;
  log: (line: string) => void;
}

const againAfterMs = 500;

export async function startPart({ name, launch, log }: PartOptions): Promise<Part> {
  let child: Child;
  let killed: Child | undefined;
  let isOver = false;
  let deaths = 0;
  /** One thing at a time. */
  let turn: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    child = await launch();
    const own = child;
    void own.exited.then(({ code, signal }) => {
      if (isOver || own !== child || own === killed) return;
      deaths += 1;
      log(`${name} died by itself (${signal ?? code}): ${own.tail().slice(-3).join(' | ')}`);
      // A kill that came in between has started it already.
      void inTurn(async () => (own === child ? await restart() : undefined));
    });
  }

  async function restart(): Promise<void> {
    for (;;) {
      if (isOver) return;
      try {
        return await start();
      } catch (error) {
        log(`${name} does not start, and is started again: ${String(error)}`);
        await sleep(againAfterMs);
      }
    }
  }

  function inTurn(step: () => Promise<void>): Promise<void> {
    turn = turn.then(step);
    return turn;
  }

  await start();
  return {
    name,
    kill: (downMs) =>
      inTurn(async () => {
        killed = child;
        await signalTree(child.pid, 'SIGKILL');
        await child.exited;
        await sleep(downMs);
        await restart();
      }),
    pause: (forMs) =>
      inTurn(async () => {
        await signalTree(child.pid, 'SIGSTOP');
        await sleep(forMs);
        await signalTree(child.pid, 'SIGCONT');
      }),
    idle: async () => {
      for (let seen; seen !== turn;) await (seen = turn);
    },
    diedByItself: () => deaths,
    async stop() {
      isOver = true;
      // What is being started is waited for, so that it does not outlive this.
      await signalTree(child.pid, 'SIGCONT');
      await turn;
      await child.stop({ deadlineMs: 2_000 });
    },
  };
}
