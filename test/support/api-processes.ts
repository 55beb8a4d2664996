import { answersHttp, waitUntilReady } from '../../src/dev/child-process.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startBuilt } from './built-process.ts';
import type { Shop } from './shop.ts';

/** The built API, in processes of its own beside the shop's: their addresses, and how to end them. */
export async function startApiProcesses(shop: Shop, count: number) {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await freePort();
    if (!ports.includes(port)) ports.push(port);
  }
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const processes = await Promise.all(
    ports.map((port) => startBuilt('api.js', { ...shop.settings, PORT: String(port) })),
  );
  const stop = () => Promise.all(processes.map((api) => api.stop({ deadlineMs: 100 })));
  try {
    await Promise.all(
      processes.map((api, index) =>
        waitUntilReady(api, () => answersHttp(`${urls[index]}/readyz`), { deadlineMs: 60_000 }),
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { urls, stop };
}
