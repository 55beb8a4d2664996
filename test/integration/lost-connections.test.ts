import { expect, it } from 'vitest';
import { answersHttp, waitUntilReady } from '../../src/dev/child-process.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startBuilt } from '../support/built-process.ts';
import { openShop } from '../support/shop.ts';
import { createShopper, until } from '../support/shopper.ts';
import { createStallingNetwork } from '../support/stalling-network.ts';

/** What a driver sends before anything else is on a new connection, and the first thing that it is asked for. */
const isQuery = (bytes: string): boolean => /\bselect\b/i.test(bytes);

it('an API process outlives a reset of its connection to Postgres at its very first query', async () => {
  const shop = await openShop({ worker: false });
  const network = createStallingNetwork();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const databaseUrl = await network.via(shop.settings.DATABASE_URL);
  const stall = network.stall(isQuery, 'is reset');
  const api = await startBuilt('api.js', {
    ...shop.settings,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
  });
  try {
    await waitUntilReady(api, () => answersHttp(`${url}/livez`), { deadlineMs: 30_000 });
    const shopper = await createShopper(url);
    const path = `${url}/api/v1/carts/${shopper.sessionId}`;
    const cut = fetch(path);
    await until(
      async () => stall.held,
      (held) => held > 0,
      30_000,
    );
    await stall.end();
    expect((await cut).status).toBe(503);
    const again = await until(
      () => fetch(path),
      ({ status }) => status === 200,
      30_000,
    );
    expect(again.status).toBe(200);
  } finally {
    await api.stop({ deadlineMs: 100 });
    network.close();
    await shop.close();
  }
}, 90_000);
