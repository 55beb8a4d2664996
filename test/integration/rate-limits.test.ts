import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest';
import { createRateLimits, policies, type Policy, type Quota } from '../../src/limits/rate-limits.ts';
import { closeDatabase, createDatabase } from '../../src/platform/database.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/shopper.ts';

const cleanUps: (() => Promise<unknown> | void)[] = [];
let shop: Shop;

beforeAll(async () => {
  const env = {
    RATE_SESSION_COMMANDS: '3/1h',
    RATE_ADDRESS_SESSIONS: '20/1h',
    RATE_ADDRESS_UNITS: '100/1h',
    CART_MAX_UNITS: '50',
    TRUSTED_PROXIES: '127.0.0.0/8',
  };
  shop = await openShop({ env });
});

afterAll(async () => {
  await shop.close();
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const hour = 3_600_000;
/** However busy the machine is. */
const patient = { storeDeadlineMs: 30_000 };

/** The limits of a process of its own, with this quota for each policy. */
function processOn(url: string, points: number, options: { storeDeadlineMs?: number } = {}) {
  const database = createDatabase({ url, poolSize: 4, applicationName: 'limits' });
  cleanUps.push(() => closeDatabase(database, 0));
  const quotas = Object.fromEntries(policies.map((policy) => [policy, { points, windowMs: hour }]));
  return createRateLimits({ quotas: quotas as Record<Policy, Quota>, database, ...options });
}

const grantedOf = (taken: readonly { granted: boolean }[]) => taken.filter(({ granted }) => granted).length;

describe('limits that count in Postgres', () => {
  it('are the same for all processes, down to the last point', async () => {
    const processes = [
      processOn(shop.settings.DATABASE_URL, 10, patient),
      processOn(shop.settings.DATABASE_URL, 10, patient),
    ];
    const asked = Array.from({ length: 40 }, (_, index) =>
      processes[index % 2]!.take('session-reads', 'shared'),
    );
    expect(grantedOf(await Promise.all(asked))).toBe(10);
    const [stored] = await shop.sql`select expire from rate_limits where key = 'session-reads:shared'`;
    expect(Math.abs(stored!['expire'].getTime() - Date.now() - hour)).toBeLessThan(hour / 2);
    expect((await processes[0]!.take('session-reads', 'another')).granted).toBe(true);
  });

  it('give units back for all processes', async () => {
    const [one, other] = [
      processOn(shop.settings.DATABASE_URL, 10, patient),
      processOn(shop.settings.DATABASE_URL, 10, patient),
    ];
    expect(await one.take('address-units', 'net', 8)).toMatchObject({ granted: true, remaining: 2 });
    expect(await other.take('address-units', 'net', 8)).toMatchObject({ granted: false, remaining: 2 });
    await one.giveBack('address-units', 'net', 8);
    expect(await other.take('address-units', 'net', 8)).toMatchObject({ granted: true, remaining: 2 });
  });

  it('go on in memory while Postgres is away', async () => {
    const limits = processOn('postgres://nobody@127.0.0.1:1/nothing', 3);
    const taken = [];
    for (let index = 0; index < 5; index += 1) taken.push(await limits.take('session-commands', 'cart'));
    expect(taken.map(({ granted }) => granted)).toEqual([true, true, true, false, false]);
  });

  it('go on in memory while Postgres takes connections and answers nothing', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    cleanUps.push(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const limits = processOn(`postgres://nobody@127.0.0.1:${port}/nothing`, 1);
    expect((await limits.take('session-commands', 'cart')).granted).toBe(true);
    expect((await limits.take('session-commands', 'cart')).granted).toBe(false);
  });
});

describe('RATE_LIMIT=postgres', () => {
  it('is where the API counts', async () => {
    const counting = await openShop({ env: { RATE_LIMIT: 'postgres' }, worker: false });
    cleanUps.push(() => counting.close());
    const { cartId, cart } = await counting.newShopper();
    const rows = await until(
      async () => {
        await cart();
        return await counting.sql`select points from rate_limits where key = ${`session-reads:${cartId}`}`;
      },
      (stored) => stored.length === 1,
    );
    expect(rows[0]).toMatchObject({ points: expect.any(Number) });
  });
});

describe('the limited shop', () => {
  it('refuses the fourth change of a cart, and neither its reads nor another cart', async () => {
    const shopper = await shop.newShopper();
    const answers = [];
    for (let index = 0; index < 4; index += 1) answers.push(await shopper.add('apple', 1));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 429]);
    expect(answers[0]!.headers.get('ratelimit')).toMatch(/"session-commands";r=2;t=\d+$/);
    expect(answers[3]!.body).toMatchObject({ 'violated-policies': ['session-commands'] });
    expect((await shopper.cart()).totals.itemCount).toBe(3);
    expect((await (await shop.newShopper()).add('apple', 1)).status).toBe(201);
  });

  it('bounds the units of a cart and of a network; networks are those that the trusted proxy names', async () => {
    const from = (network: string) => ({ 'x-forwarded-for': `6.6.6.6, ${network}` });
    const fill = async (quantity: number, network: string) =>
      (await (await shop.newShopper()).add('pear', quantity, from(network))) as unknown as {
        status: number;
        body: { code: string };
      };
    expect((await fill(51, '198.51.100.1')).body.code).toBe('units_limit');
    expect((await fill(50, '198.51.100.1')).status).toBe(201);
    expect((await fill(50, '198.51.100.1')).status).toBe(201);
    expect((await fill(1, '198.51.100.1')).body.code).toBe('too_many_requests');
    expect((await fill(1, '198.51.100.2')).status).toBe(201);
    expect((await fill(50, '2001:db8::1')).status).toBe(201);
    expect((await fill(50, '2001:db8::2')).status).toBe(201);
    expect((await fill(1, '2001:db8::3')).status).toBe(429);
  });
});
