import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import postgres from 'postgres';
import { freePort } from '../../src/dev/ports.ts';
import { waitUntilReady } from '../../src/dev/child-process.ts';
import { answers, startBuiltStack } from '../../test/support/built-stack.ts';
import { until } from '../../test/support/shopper.ts';
import { pokeBare } from './bare-call.ts';
import { createShopClient } from './shop-client.ts';
import type { Sizes } from './sizes.ts';

export interface Bench {
  stack: BenchStack;
  sizes: Sizes;
  /** Progress, for who waits. */
  say: (line: string) => void;
}

const tsx = '--import tsx';
/** Of the bare workflows that were asked last: the others were served before them. */
const latestCount = 16;
const settleDeadlineMs = 120_000;
const readyDeadlineMs = 30_000;

export type BenchStack = Awaited<ReturnType<typeof startBenchStack>>;

/** The built programs, and the bare counterparts beside them on the same servers. */
export async function startBenchStack({ reservationLatencyMs }: Pick<Sizes, 'reservationLatencyMs'>) {
  // Nothing expires but what is meant to: a full run takes longer than a cart may stay idle. Below HOLD_MAX_AGE, as
  // by default: a hold that is due before its cart would cost the cart another timer.
  const stack = await startBuiltStack({ reservationLatencyMs, env: { CART_TTL: '3h' } });
  const sql = postgres(stack.databaseUrl, { max: 2, onnotice: () => {} });
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const client = new Client({ connection });
  const { worker: firstWorker, ...parts } = stack;
  let worker = firstWorker;
  let latestBare: string[] = [];
  let stopped: Promise<void> | undefined;

  async function hasDoneItsTask(workflowId: string) {
    const handle = client.workflow.getHandle(workflowId);
    while ((await handle.describe()).raw.pendingWorkflowTask) await pause(50);
  }

  async function startBareWorker() {
    const child = await stack.run('bare worker', 'bench/support/bare-worker.ts', { NODE_OPTIONS: tsx });
    return child.pid;
  }

  async function startBareHttp() {
    const port = await freePort();
    const env = { NODE_OPTIONS: tsx, PORT: String(port) };
    const child = await stack.run('bare http', 'bench/support/bare-http.ts', env);
    const url = `http://127.0.0.1:${port}`;
    await waitUntilReady(child, () => answers(`${url}/livez`), { deadlineMs: readyDeadlineMs });
    return { url, pid: child.pid };
  }
  const [bareWorkerPid, bareHttp] = await Promise.all([startBareWorker(), startBareHttp()]);

  return {
    ...parts,
    sql,
    client,
    shop: createShopClient(stack.api),
    bareHttpUrl: bareHttp.url,
    /** Of all processes that a call may keep busy. */
    get pids() {
      return { ...stack.pids, worker: worker.pid, 'bare worker': bareWorkerPid, 'bare http': bareHttp.pid };
    },
    async pokeBare(workflowId: string): Promise<void> {
      latestBare = [...latestBare, workflowId].slice(-latestCount);
      await pokeBare(client, workflowId);
    },
    /** A second API beside the first, for carts with other settings. */
    async startApi(env: Record<string, string>) {
      const port = await freePort();
      const child = await stack.run('api', 'dist/src/api.js', { ...env, PORT: String(port) });
      const url = `http://127.0.0.1:${port}`;
      await waitUntilReady(child, () => answers(`${url}/readyz`), { deadlineMs: readyDeadlineMs });
      return { shop: createShopClient(url), stop: () => child.stop({ deadlineMs: 200 }) };
    },
    async killWorker() {
      worker.kill();
      await worker.exited;
    },
    /** In the place of one that was killed. */
    async startWorker(env: Record<string, string> = {}) {
      worker = await stack.run('worker', 'dist/src/worker.js', env);
    },
    /** Until no line waits for its reservation, and no bare workflow for its task: what was left to do is done. */
    async settle() {
      await Promise.all(latestBare.splice(0).map(hasDoneItsTask));
      const pending = () =>
        sql`select count(*)::int as lines from cart_items where reservation_status = 'pending'`;
      await until(pending, ([row]) => row?.['lines'] === 0, settleDeadlineMs, 100);
    },
    /** Once, whoever asks first: a signal makes what is being measured fail, which asks too. */
    stop(): Promise<void> {
      stopped ??= sql
        .end()
        .then(() => connection.close())
        .finally(() => stack.stop());
      return stopped;
    },
  };
}
