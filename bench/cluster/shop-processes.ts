import { startBuilt } from '../../test/support/built-process.ts';
import { answersHttp, waitUntilReady, type Child } from '../../src/dev/child-process.ts';
import { freePort } from '../../src/dev/ports.ts';

export interface ShopOptions {
  env: Record<string, string>;
  /** N workers and N API processes, each connected to one of these in turn. */
  n: number;
  temporalAddresses: readonly string[];
}

/** N built workers and N built APIs as processes of their own, ready for requests. */
export async function startShop({ env, n, temporalAddresses }: ShopOptions) {
  const children: Child[] = [];
  const start = async (script: string, index: number, extra: Record<string, string> = {}) => {
    const TEMPORAL_ADDRESS = temporalAddresses[index % temporalAddresses.length] ?? '';
    const child = await startBuilt(script, { ...env, TEMPORAL_ADDRESS, ...extra }, console.error);
    children.push(child);
    return child;
  };
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop({ deadlineMs: 10_000 })));
  };
  try {
    const workers: Child[] = [];
    const apis: { child: Child; url: string }[] = [];
    for (let index = 0; index < n; index += 1) {
      const port = await freePort();
      workers.push(await start('worker.js', index));
      const child = await start('api.js', index, { PORT: String(port) });
      apis.push({ child, url: `http://127.0.0.1:${port}` });
    }
    for (const { child, url } of apis) {
      await waitUntilReady(child, () => answersHttp(`${url}/readyz`), { deadlineMs: 60_000 });
    }
    return {
      urls: apis.map(({ url }) => url),
      pids: { workers: workers.map(({ pid }) => pid), APIs: apis.map(({ child }) => child.pid) },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type ShopProcesses = Awaited<ReturnType<typeof startShop>>;
