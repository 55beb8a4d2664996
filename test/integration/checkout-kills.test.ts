import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFailed } from 'vitest';
import { withDeadline } from '../../src/platform/deadline.ts';
import type { OrderView } from '../../src/read-model/order-views.ts';
import { booksOf, type Books } from '../support/books.ts';
import { startBuilt } from '../support/built-process.ts';
import { chooseInstants, deal, endOfLanes, killNow, type Aim, type Instant } from '../support/kill-lanes.ts';
import { persist } from '../support/persistent.ts';
import { chooseSeed, createRandom } from '../support/random.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until, type Answer, type Shopper } from '../support/shopper.ts';

const kills = 50;
/** Most of a lane's time goes into the timeouts by which Temporal notices a kill: many lanes wait at once. */
const lanes = 10;
const units = 3;
const unitPriceMinor = 120;
/** A killed workflow task costs 10 s, a killed call 15 s, and a busy machine some more. */
const recoveredWithinMs = 90_000;

/** How far a checkout is, in order. */
const phases = ['reserving', 'placing', 'asking for the payment', 'being paid', 'selling', 'done'] as const;
type Phase = (typeof phases)[number];

/** From each of these phases a delay that may reach into the next. A busy machine makes them longer, not shorter. */
const aims: readonly Aim<Phase>[] = [
  { phase: 'reserving', delayMaxMs: 350 },
  { phase: 'placing', delayMaxMs: 250 },
  { phase: 'being paid', delayMaxMs: 450 },
  { phase: 'selling', delayMaxMs: 50 },
];

function phaseOf({ heldUnits, soldUnits, orders, payments }: Books): Phase {
  if (soldUnits === units) return 'done';
  if (payments.some(({ state }) => state === 'captured')) return 'selling';
  if (payments.length > 0) return 'being paid';
  if (orders.length > 0) return 'asking for the payment';
  return heldUnits > 0 ? 'placing' : 'reserving';
}

async function openSlowShop(): Promise<Shop> {
  const shop = await openShop({
    worker: false,
    control: { latencyMs: 300 },
    // All lanes share one Postgres.
    env: { DATABASE_POOL_SIZE: '3' },
  });
  await shop.payments.control({ auto: 'succeed', autoDelayMs: 500, latencyMs: 200 });
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', ${unitPriceMinor})`;
  return shop;
}

/** Checks out while the reservation is under way. */
async function startCheckout(shop: Shop) {
  const shopper = await shop.newShopper();
  await persist('add', (headers) => shopper.add('apple', units, headers));
  const checkout = () => persist('checkout', (headers) => shopper.checkout(undefined, headers));
  const answer = checkout();
  // It is awaited when the worker is back: until then it must not end the run.
  answer.catch(() => {});
  return { shopper, answer, checkout };
}

/** The run ends when the order is paid, its holds are sold and all of it is saved. */
async function whenDone(shop: Shop, { cartId }: Shopper): Promise<void> {
  const result = shop.temporal.workflow.getHandle(`cart-${cartId}`).result();
  try {
    await withDeadline(result, recoveredWithinMs, 'The checkout');
  } catch (error) {
    throw new Error(`Not done: ${JSON.stringify(await booksOf(shop, cartId))}`, { cause: error });
  }
}

async function waitFor({ phase, delayMs }: Instant<Phase>, shop: Shop, { cartId }: Shopper): Promise<void> {
  const isThatFar = (books: Books) => phases.indexOf(phaseOf(books)) >= phases.indexOf(phase);
  await until(() => booksOf(shop, cartId), isThatFar, recoveredWithinMs);
  await sleep(delayMs);
}

/** Kills the worker of one shop in one checkout after the other. Returns in which phases. */
async function lane(instants: readonly Instant<Phase>[]): Promise<Phase[]> {
  const shop = await openSlowShop();
  let worker = await startBuilt('worker.js', shop.settings);
  try {
    const hit: Phase[] = [];
    for (const instant of instants) {
      const { shopper, answer, checkout } = await startCheckout(shop);
      await waitFor(instant, shop, shopper);
      await killNow(worker);
      const phase = phaseOf(await booksOf(shop, shopper.cartId));
      hit.push(phase);

      worker = await startBuilt('worker.js', shop.settings);
      await whenDone(shop, shopper);
      await expectOnePaidOrder(shop, shopper, {
        answers: [await answer, await checkout()],
        what: `killed while ${phase}: ${JSON.stringify(instant)}`,
      });
    }
    return hit;
  } finally {
    await killNow(worker);
    await shop.close();
  }
}

async function expectOnePaidOrder(
  shop: Shop,
  { cartId }: Shopper,
  { answers, what }: { answers: Answer<OrderView>[]; what: string },
): Promise<void> {
  const books = await booksOf(shop, cartId);
  const orderId = books.orders[0]?.orderId;
  const totalMinor = units * unitPriceMinor;
  expect(books, what).toEqual({
    heldUnits: 0,
    soldUnits: units,
    orders: [{ orderId, status: 'paid', itemCount: units, totalMinor }],
    payments: [{ orderId, state: 'captured' }],
    capturedMinor: totalMinor,
    refundedMinor: 0,
  });
  for (const { status, body } of answers) expect([status, body.orderId], what).toEqual([201, orderId]);
}

it(`SIGKILL of the worker at ${kills} random instants of a checkout: one order, paid once, all sold, nothing left held`, async () => {
  const seed = chooseSeed();
  onTestFailed(() => console.error(`Again with the same instants: TEST_SEED=${seed}`));
  const instants = chooseInstants(aims, kills, createRandom(seed));
  const { found: hit, failures } = await endOfLanes(deal(instants, lanes).map(lane));
  expect(failures).toEqual([]);
  const killsIn = (...wanted: Phase[]) => hit.filter((phase) => wanted.includes(phase)).length;
  const counts = Object.fromEntries(phases.map((phase) => [phase, killsIn(phase)]));
  onTestFailed(() => console.error('Killed while', counts));
  // Kills of a worker that has nothing to do would prove nothing.
  expect(kills - killsIn('done')).toBeGreaterThanOrEqual(0.7 * kills);
  expect(killsIn('reserving')).toBeGreaterThan(0);
  expect(killsIn('placing', 'asking for the payment')).toBeGreaterThan(0);
  expect(killsIn('being paid')).toBeGreaterThan(0);
  expect(killsIn('selling')).toBeGreaterThan(0);
  console.log(JSON.stringify(counts));
}, 400_000);
