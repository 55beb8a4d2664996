import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startTemporalServer } from '../../src/dev/temporal-server.ts';
import { openShop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';
import { temporalProgram } from '../support/temporal-binary.ts';

const host = '127.0.0.1';
/** Long enough for every quick retry to be used up. */
const outageMs = 60_000;
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-outage-'));
  await chmod(folder, 0o755);
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('Postgres away', () => {
  it('takes adds with 202, goes on reserving, and has everything once when it is back', async () => {
    const folder = await temporaryFolder();
    const options = { dataDir: join(folder, 'postgres'), host, port: await freePort(), log: () => {} };
    let postgres = await startEmbeddedPostgres(options);
    cleanUps.push(() => postgres.stop());
    const shop = await openShop({ databaseUrl: postgres.url });
    cleanUps.push(() => shop.close());
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);

    await postgres.stop();
    const answers = [];
    for (const name of ['apple', 'pear']) answers.push(await shopper.add(name, 1, { prefer: 'wait=1' }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    const read = await fetch(`${shop.url}/api/v1/carts/${shopper.sessionId}`);
    expect(read.status).toBe(503);
    expect(read.headers.get('retry-after')).toBe('1');
    const ready = await fetch(`${shop.url}/readyz`);
    expect(await ready.json()).toMatchObject({ checks: { postgres: 'away', temporal: 'ok' } });
    // A name that was priced before the outage is reserved during it.
    const units = () => shop.stub.heldUnits(shopper.cartId);
    await until(units, (held) => held >= 2, 30_000);
    await new Promise((resolve) => setTimeout(resolve, outageMs));

    postgres = await startEmbeddedPostgres(options);
    const cart = await until(
      async () =>
        (
          await shopper.call<Awaited<ReturnType<typeof shopper.cart>>>(
            'GET',
            `/api/v1/carts/${shopper.sessionId}`,
          )
        ).body,
      (view) => view.items?.length === 2 && allReserved(view),
      60_000,
    );
    expect(cart.items).toMatchObject([
      { name: 'apple', quantity: 2 },
      { name: 'pear', quantity: 1 },
    ]);
    const versions =
      await shop.sql`select version from cart_events where cart_id = ${shopper.cartId} order by version`;
    expect(versions.map(({ version }) => version)).toEqual(versions.map((_, index) => index + 1));
    expect((await shopper.add('apple', 1)).status).toBe(201);
  }, 180_000);
});

describe('Temporal away', () => {
  it('answers 503 with Retry-After, reads on, and recovers by itself', async () => {
    const folder = await temporaryFolder();
    const options = {
      cliPath: await temporalProgram('temporal'),
      dbFilename: join(folder, 'temporal.db'),
      host,
      port: await freePort(),
      log: () => {},
    };
    let temporal = await startTemporalServer(options);
    cleanUps.push(() => temporal.stop());
    const shop = await openShop({ temporalAddress: temporal.address });
    cleanUps.push(() => shop.close());
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);

    temporal.child.kill();
    await temporal.child.exited;
    const refused = await shopper.add('apple', 1, { 'idempotency-key': 'kept' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'not_accepted' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await shopper.cart()).items).toHaveLength(1);

    temporal = await startTemporalServer(options);
    const retried = await until(
      () => shopper.add('apple', 1, { 'idempotency-key': 'kept', prefer: 'wait=10' }),
      ({ status }) => status !== 503,
      60_000,
    );
    expect(retried.status).toBe(201);
    expect((await shopper.cart()).items).toMatchObject([{ quantity: 2 }]);
  }, 180_000);
});
