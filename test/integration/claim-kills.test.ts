import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFailed } from 'vitest';
import { startBuilt } from '../support/built-process.ts';
import { chooseInstants, deal, endOfLanes, killNow, type Aim, type Instant } from '../support/kill-lanes.ts';
import { persist } from '../support/persistent.ts';
import { chooseSeed, createRandom } from '../support/random.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';
import { userSettings } from '../support/tokens.ts';
import { createUser } from '../support/user.ts';

const kills = 12;
/** Most of a lane's time goes into the timeouts by which Temporal notices a kill: many lanes wait at once. */
const lanes = 6;
/** A killed workflow task or hand-over costs 10 s, a killed reservation 15 s, and a busy machine some more. */
const recoveredWithinMs = 90_000;

/** How far a claim is, in order. */
const phases = ['asked', 'handing over', 'handed over', 'done'] as const;
type Phase = (typeof phases)[number];

/** With the guest's lines held, or still under way. */
interface ClaimInstant extends Instant<Phase> {
  held: boolean;
}

/** A claim takes some tens of milliseconds: the first are too early for it to be done, whatever the machine. */
const aims: readonly Aim<Phase>[] = [
  { phase: 'asked', delayMaxMs: 10 },
  { phase: 'asked', delayMaxMs: 80 },
  { phase: 'handing over', delayMaxMs: 0 },
];

type User = Awaited<ReturnType<typeof createUser>>;

const statusOf = async (shop: Shop, cartId: string): Promise<string> =>
  (await shop.sql<{ status: string }[]>`select status from carts where cart_id = ${cartId}`)[0]?.status ??
  'none';

async function phaseOf(shop: Shop, guest: Shopper, user: User): Promise<Phase> {
  const status = await statusOf(shop, guest.cartId);
  if (status === 'active') return 'asked';
  const [received] = await shop.sql`
    select 1 from cart_events where cart_id = ${user.cartId} and type = 'LinesReceived'`;
  if (received) return 'done';
  return status === 'claiming' ? 'handing over' : 'handed over';
}

async function waitFor({ phase, delayMs }: Instant<Phase>, phaseNow: () => Promise<Phase>): Promise<void> {
  while (phases.indexOf(await phaseNow()) < phases.indexOf(phase)) await sleep(1);
  await sleep(delayMs);
}

/** Kills the worker in the middle of one claim after the other. Returns how far each was then. */
async function lane(shop: Shop, instants: readonly ClaimInstant[], name: string): Promise<Phase[]> {
  let worker = await startBuilt('worker.js', shop.settings);
  try {
    const hit: Phase[] = [];
    for (const [index, instant] of instants.entries()) {
      const guest = await shop.newShopper();
      const user = await createUser(guest, `${name}-${index}@example.org`);
      await persist('own', (headers) => user.add('apple', 1, headers));
      await until(user.cart, allReserved, recoveredWithinMs);
      const lines = ['apple', 'pear'].map((item) => ({ name: item, quantity: 2 }));
      await persist('add', (headers) => guest.addMany(lines, headers));
      if (instant.held) await until(guest.cart, allReserved, recoveredWithinMs);

      const claim = () => persist('claim', (headers) => user.claim(guest, headers));
      const answer = claim();
      // It is awaited when the worker is back: until then it must not end the run.
      answer.catch(() => {});
      await waitFor(instant, () => phaseOf(shop, guest, user));
      await killNow(worker);
      hit.push(await phaseOf(shop, guest, user));
      worker = await startBuilt('worker.js', shop.settings);

      const what = `killed while ${hit.at(-1)}: ${JSON.stringify(instant)}`;
      const statuses = [(await answer).status, (await claim()).status];
      expect(statuses, what).toEqual([200, 200]);
      await expectMoved(shop, { guest, user, what });
    }
    return hit;
  } finally {
    await killNow(worker);
  }
}

const openSlowShop = () =>
  openShop({
    worker: false,
    control: { latencyMs: 200 },
    env: { ...userSettings, DATABASE_POOL_SIZE: '3' },
  });

async function expectMoved(shop: Shop, { guest, user, what }: { guest: Shopper; user: User; what: string }) {
  await shop.temporal.workflow.getHandle(`cart-${guest.cartId}`).result();
  await until(user.cart, allReserved, recoveredWithinMs);
  const { items } = await user.cart();
  expect(items.map(({ name, quantity }) => [name, quantity]).toSorted(), what).toEqual([
    ['apple', 3],
    ['pear', 2],
  ]);
  expect(await statusOf(shop, guest.cartId), what).toBe('claimed');
  // A hold that has ended never stands again under its key: these were made once, and never let go.
  const book = async ({ cartId }: { cartId: string }) =>
    (await shop.stub.ledger(`?prefix=${cartId}.`)).holds.map(({ item, quantity, state }) => [
      item,
      quantity,
      state,
    ]);
  expect((await book(guest)).toSorted(), what).toEqual([
    ['apple', 2, 'held'],
    ['pear', 2, 'held'],
  ]);
  expect(await book(user), what).toEqual([['apple', 1, 'held']]);
}

it(`SIGKILL of the worker at ${kills} random instants of a claim: every line arrives once, and what is held stays held`, async () => {
  const seed = chooseSeed();
  onTestFailed(() => console.error(`Again with the same instants: TEST_SEED=${seed}`));
  const instants = chooseInstants(aims, kills, createRandom(seed)).map((instant, index): ClaimInstant => ({
    ...instant,
    held: index % 2 === 0,
  }));
  const shops = await Promise.all(Array.from({ length: lanes }, openSlowShop));
  const { found: hit, failures } = await endOfLanes(
    deal(instants, lanes).map((dealt, index) => lane(shops[index]!, dealt, `lane-${index}`)),
  );
  // One after the other: the SDK's replays do not begin and end beside each other.
  for (const shop of shops) await shop.close();
  expect(failures).toEqual([]);
  console.log(hit.join(', '));
  // Kills of a worker that has nothing to do would prove nothing.
  expect(hit.filter((phase) => phase !== 'done').length).toBeGreaterThanOrEqual(2);
}, 300_000);
