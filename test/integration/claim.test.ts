import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CartView } from '../../src/domain/cart-view.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';
import { userSettings } from '../support/tokens.ts';
import { createUser } from '../support/user.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop({ env: userSettings });
}, 60_000);

afterAll(() => shop.close());

let users = 0;
const newUser = async (shopper: Shopper) => await createUser(shopper, `user-${(users += 1)}@example.org`);

/** A guest with held lines, and a user who has nothing yet. */
async function shoppers(...lines: [string, number][]) {
  const guest = await shop.newShopper();
  await guest.addMany(lines.map(([name, quantity]) => ({ name, quantity })));
  await until(guest.cart, allReserved);
  return { guest, user: await newUser(guest) };
}

/** What the service has of a cart's own keys: a hold that has ended once never stands again. */
async function bookOf({ cartId }: { cartId: string }) {
  const { holds } = await shop.stub.ledger(`?prefix=${cartId}.`);
  return holds.map(({ item, quantity, state }) => [item, quantity, state]).toSorted();
}

const linesOf = ({ items }: CartView) =>
  items.map(({ name, quantity, reservation }) => [name, quantity, reservation.status]);

describe('a claim', () => {
  it('answers with the cart of the user, who has it on every device; what was held never stopped being held', async () => {
    const { guest, user } = await shoppers(['apple', 2], ['pear', 3]);
    const before = await guest.cart();
    const answer = await user.claim(guest);
    expect(answer).toMatchObject({ status: 200, body: { cartId: user.cartId, cutOff: [], waiting: false } });
    expect(linesOf(answer.body)).toEqual([
      ['apple', 2, 'reserved'],
      ['pear', 3, 'reserved'],
    ]);
    const idsOf = ({ items }: CartView) => items.map(({ reservation }) => reservation.reservationId);
    expect(idsOf(answer.body)).toEqual(idsOf(before));
    expect(await bookOf(guest)).toEqual([
      ['apple', 2, 'held'],
      ['pear', 3, 'held'],
    ]);
    expect(await bookOf(user)).toEqual([]);
    const [row] = await shop.sql<
      { state: object }[]
    >`select state from carts where cart_id = ${guest.cartId}`;
    expect(row?.state).toMatchObject({ status: 'claimed', lines: [], holds: [] });
  });

  it('adds up what is in both carts, and both holds are sold', async () => {
    const { guest, user } = await shoppers(['apple', 2]);
    await user.add('apple', 3);
    await until(user.cart, allReserved);
    const { body } = await user.claim(guest);
    expect(linesOf(body)).toEqual([['apple', 5, 'reserved']]);
    const { body: order, status } = await user.checkout();
    expect([status, order.items[0]?.quantity]).toEqual([201, 5]);
    const payment = await until(user.orders, ({ orders }) => Boolean(orders[0]?.payment));
    await shop.payments.succeed(payment.orders[0]!.payment!.paymentId);
    await until(user.cart, ({ status: now }) => now === 'completed');
    const sold = async () => [...(await bookOf(guest)), ...(await bookOf(user))];
    await until(sold, (book) => book.every(([, , state]) => state === 'committed'));
    expect(await sold()).toEqual([
      ['apple', 2, 'committed'],
      ['apple', 3, 'committed'],
    ]);
  });

  it('takes reservations along that are under way: each is made once', async () => {
    await shop.stub.control({ latencyMs: 1_500 });
    const guest = await shop.newShopper();
    await guest.addMany([
      { name: 'apple', quantity: 2 },
      { name: 'fig', quantity: 4 },
    ]);
    const user = await newUser(guest);
    const { body } = await user.claim(guest);
    expect(linesOf(body).map(([, , status]) => status)).toEqual(['pending', 'pending']);
    await until(user.cart, allReserved);
    await shop.stub.control({ latencyMs: 0 });
    expect(await bookOf(guest)).toEqual([
      ['apple', 2, 'held'],
      ['fig', 4, 'held'],
    ]);
    expect(await bookOf(user)).toEqual([]);
  });

  it('ends the session: nothing of it can be read or changed any more, but for the claim itself', async () => {
    const { guest, user } = await shoppers(['apple', 1]);
    const { body: added } = await guest.add('pear', 1, { 'idempotency-key': 'k' });
    const { headers } = await user.claim(guest, { prefer: 'respond-async' });
    const operation = headers.get('location') ?? '';
    const path = `/api/v1/carts/${guest.sessionId}`;
    const outcome = async () => (await guest.call<{ status: string }>('GET', operation)).body.status;
    await until(outcome, (status) => status === 'applied');

    const item = added.items[0]!.itemId;
    const requests: [string, string, unknown?][] = [
      ...(['', '/items', '/orders', '/history', '/operations/unknown'] as const).map(
        (end): [string, string] => ['GET', `${path}${end}`],
      ),
      ['POST', `${path}/items`, { name: 'kiwi', quantity: 1 }],
      ['PATCH', `${path}/items/${item}`, { quantity: 2 }],
      ['DELETE', `${path}/items/${item}`],
      ['DELETE', `${path}/items`],
      ['POST', `${path}/checkout`],
      ['DELETE', `${path}/checkout`],
    ];
    for (const [method, url, body] of requests) {
      const answer = await guest.call(method, url, body);
      expect(answer, url).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    }
    const byHeader = { 'session-id': guest.sessionId };
    expect((await guest.call('GET', '/api/v1/items', undefined, byHeader)).status).toBe(404);
    const again = await guest.add('pear', 1, { 'idempotency-key': 'k' });
    expect(again.status).toBe(404);
  });

  it('again has the same outcome, and is a 404 for somebody else', async () => {
    const { guest, user } = await shoppers(['apple', 2]);
    const first = await user.claim(guest);
    await user.add('pear', 1);
    const second = await user.claim(guest);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(second.body.items.map(({ name, quantity }) => [name, quantity])).toEqual([
      ['apple', 2],
      ['pear', 1],
    ]);
    const other = await newUser(guest);
    expect(await other.claim(guest)).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
    expect((await other.cart()).items).toEqual([]);
  });

  it('by two users at once is the claim of one of them', async () => {
    const { guest, user } = await shoppers(['apple', 2]);
    const other = await newUser(guest);
    const answers = await Promise.all([user.claim(guest), other.claim(guest)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 404]);
    const counts = (await Promise.all([user.cart(), other.cart()])).map(({ totals }) => totals.itemCount);
    expect(counts.toSorted()).toEqual([0, 2]);
    expect(await bookOf(guest)).toEqual([['apple', 2, 'held']]);
  });

  it('of many devices at once loses nothing and doubles nothing', async () => {
    const first = await shoppers(['apple', 1]);
    const { user } = first;
    const guests = [first.guest];
    for (const name of ['apple', 'pear', 'apple', 'fig']) guests.push((await shoppers([name, 2])).guest);
    const claims = guests.flatMap((guest) => [user.claim(guest), user.claim(guest)]);
    expect((await Promise.all(claims)).map(({ status }) => status)).toEqual(claims.map(() => 200));
    const { items, totals } = await user.cart();
    expect(totals.itemCount).toBe(9);
    expect(items).toHaveLength(3);
    for (const guest of guests) expect((await bookOf(guest)).map(([, , state]) => state)).toEqual(['held']);
  });

  it('of a session that was never used ends it', async () => {
    const guest = await shop.newShopper();
    const user = await newUser(guest);
    expect(await user.claim(guest)).toMatchObject({ status: 200, body: { cartId: user.cartId, items: [] } });
    expect((await guest.add('apple', 1)).status).toBe(404);
  });

  it('during a checkout is refused, and nothing has moved', async () => {
    const { guest, user } = await shoppers(['apple', 1]);
    await guest.checkout();
    expect(await user.claim(guest)).toMatchObject({ status: 409, body: { code: 'checkout_in_progress' } });
    expect(linesOf(await guest.cart())).toEqual([['apple', 1, 'reserved']]);
    await guest.cancelCheckout();
    expect((await user.claim(guest)).status).toBe(200);
  });

  it('into a cart that is being checked out waits for its end, held', async () => {
    const { guest, user } = await shoppers(['apple', 2]);
    await user.add('apple', 1);
    await user.checkout();
    const { status, body } = await user.claim(guest);
    expect([status, body.waiting, body.status]).toEqual([200, true, 'awaiting_payment']);
    expect(linesOf(body)).toEqual([['apple', 1, 'reserved']]);
    const { body: after } = await user.cancelCheckout();
    expect(linesOf(after)).toEqual([['apple', 3, 'reserved']]);
    expect(await bookOf(guest)).toEqual([['apple', 2, 'held']]);
  });

  it('needs a token, and a session that is one of a guest', async () => {
    const { guest, user } = await shoppers(['apple', 1]);
    const path = `/api/v1/carts/${guest.sessionId}/claim`;
    expect((await guest.call('POST', path)).status).toBe(401);
    for (const bad of ['me', 'cart_made-up', `${guest.sessionId}x`]) {
      expect((await user.ask('POST', `/api/v1/carts/${bad}/claim`)).status).toBe(404);
    }
    expect(linesOf(await guest.cart())).toEqual([['apple', 1, 'reserved']]);
  });
});

describe('the orders of a guest', () => {
  it("are the user's after the claim, among the user's own in order, and no longer the session's", async () => {
    const { guest, user } = await shoppers(['apple', 1]);
    const orderOf = async (who: { checkout(): Promise<{ body: { orderId: string } }> }) =>
      (await who.checkout()).body.orderId;
    const first = await orderOf(guest);
    await guest.cancelCheckout();
    await user.add('pear', 1);
    const second = await orderOf(user);
    await user.cancelCheckout();
    const third = await orderOf(guest);
    await guest.cancelCheckout();
    await user.claim(guest);

    const { orders } = await user.orders();
    expect(orders.map(({ orderId }) => orderId)).toEqual([third, second, first]);
    const page = await user.orders('?limit=2');
    const rest = await user.orders(`?limit=2&cursor=${page.next}`);
    expect([page, rest].flatMap((one) => one.orders.map(({ orderId }) => orderId))).toEqual([
      third,
      second,
      first,
    ]);
    expect((await user.ask('GET', `/api/v1/orders/${first}`)).status).toBe(200);
    expect((await guest.order(first)).status).toBe(404);
    const other = await newUser(guest);
    for (const orderId of [first, second]) {
      expect((await other.ask('GET', `/api/v1/orders/${orderId}`)).status).toBe(404);
    }
  });
});

describe('the books', () => {
  it('have nothing of the user but a hash, in Temporal and in Postgres', async () => {
    const { guest, user } = await shoppers(['apple', 1]);
    await user.claim(guest);
    const rows = await shop.sql`
      select state::text from carts where cart_id in (${user.cartId}, ${guest.cartId})
      union all select data::text from cart_events where cart_id in (${user.cartId}, ${guest.cartId})`;
    const handle = shop.temporal.workflow.getHandle(`cart-${user.cartId}`);
    const told = JSON.stringify([rows, (await handle.describe()).raw, await handle.fetchHistory()]);
    expect(rows.length).toBeGreaterThan(4);
    expect(told).toContain(user.cartId);
    expect(told).not.toMatch(/example\.org|login\.example/);
  });
});
