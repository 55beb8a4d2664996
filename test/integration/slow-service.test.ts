import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ control: { latencyMs: 35_000 } });
});

afterAll(async () => {
  await shop.close();
});

/** A tenth of what the service takes: a busy machine may need it, a request that waits would need ten. */
const atOnceMs = 3_500;

describe('a reservation service that takes 35 s', () => {
  it('holds up no answer, on a cart and on the exercise’s endpoints, and reserves in the end', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('warm-up', 1);

    const startedAt = performance.now();
    const added = await shopper.addMany([
      { name: 'apple', quantity: 2 },
      { name: 'pear', quantity: 1 },
    ]);
    const post = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"plum","quantity":1}',
    };
    const posted = await fetch(`${shop.url}/api/v1/items`, post);
    expect(performance.now() - startedAt).toBeLessThan(2 * atOnceMs);
    expect([added.status, posted.status]).toEqual([201, 201]);
    expect(added.body.items.map(({ reservation }) => reservation.status)).toEqual([
      'pending',
      'pending',
      'pending',
    ]);

    const cart = await until(shopper.cart, allReserved, 60_000);
    expect(cart.items.map(({ reservation }) => reservation.reservationId)).toEqual(
      Array(3).fill(expect.stringMatching(/^r-/)),
    );
    const headers = { 'session-id': posted.headers.get('session-id')! };
    const list = async () =>
      (await (await fetch(`${shop.url}/api/v1/items`, { headers })).json()) as {
        items: { reservationId: string | null }[];
      };
    await until(list, ({ items }) => items[0]?.reservationId !== null, 60_000);
    // No attempt was given up and repeated meanwhile.
    expect((await shop.stub.ledger()).calls).toMatchObject({ reserve: 2, batch: 1 });
  }, 120_000);
});
