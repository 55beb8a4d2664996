import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { expectBooksInOrder } from '../support/books.ts';
import {
  databaseReads,
  databaseWrites,
  renewal,
  requestOf,
  serviceCalls,
  type SagaCall,
} from '../support/saga-calls.ts';
import { eventually, openScene, type Scene } from '../support/saga-scene.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { createStallingNetwork, type Stall, type Way } from '../support/stalling-network.ts';
import { whenTimedOut } from '../support/timeouts.ts';

// They wait for timeouts most of the time, and do so at once.
vi.setConfig({ maxConcurrency: 50, testTimeout: 180_000 });

const network = createStallingNetwork();
let shop: Shop;

beforeAll(async () => {
  shop = await openShop({
    via: network.via,
    env: {
      RESERVATION_ATTEMPT_TIMEOUT: '2s',
      PAYMENT_ATTEMPT_TIMEOUT: '2s',
      WORKER_SHUTDOWN_GRACE: '3s',
      // What stands still on its way to Postgres keeps its connection.
      DATABASE_POOL_SIZE: '40',
    },
  });
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', 120), ('pear', 80)`;
});

afterAll(async () => {
  await shop.close();
  network.close();
});

/** Until the call was given up by Temporal, made again, and all that followed is done; then the late effect. */
async function timeOutOnce(scene: Scene, { activity, carries, make, goOn, ends }: SagaCall, way: Way) {
  const stall = network.stall(carries, way);
  await make();
  await whenTimedOut(shop, scene.cartId, activity);
  stall.stop();
  await goOn?.();
  await scene.whenSettled(ends);
  await expectBooksInOrder(shop, scene.shopper);
  // The worst moment: everything is settled, and nobody waits for it.
  await stall.end();
}

/** As if nothing had happened, in all the books and in what was written of the cart. */
async function expectNoHarm(scene: Scene) {
  await expectBooksInOrder(shop, scene.shopper);
  const versions = await scene.versionsWritten();
  expect(versions).toEqual(versions.map((_, index) => index + 1));
  expect(await scene.cart()).toEqual(await scene.cartInWorkflow());
}

// A service that takes effect and does not answer in time is one whose answer is lost: checkout-outages.test.ts.
const ofServices: Way[] = ['never arrives', 'arrives late'];
const ofWrites: Way[] = [...ofServices, 'is answered late'];
const ofReads: Way[] = ['arrives late'];

const cases = [
  { calls: serviceCalls, ways: ofServices },
  { calls: databaseReads, ways: ofReads },
  { calls: databaseWrites, ways: ofWrites },
].flatMap(({ calls, ways }) =>
  Object.entries(calls).flatMap(([call, upTo]) => ways.map((way) => ({ call, way, upTo }))),
);

describe.concurrent('a call that takes longer than its attempt may', () => {
  it.each(cases)('$call, whose request $way, does no harm', async ({ upTo, way }) => {
    const scene = await openScene(shop, network);
    await timeOutOnce(scene, await upTo(scene), way);
    await expectNoHarm(scene);
    expect((await scene.books()).orders).toHaveLength(1);
  });
});

describe.concurrent('a request that arrives when the shopper has changed their mind', () => {
  const whenHeld = (stall: Stall) =>
    eventually(
      async () => stall.held,
      (held) => held > 0,
    );

  /** The request arrives when the cart is cleared and its holds are gone. */
  async function arriveAfterClearing(scene: Scene, stall: Stall) {
    await whenHeld(stall);
    await scene.shopper.clear();
    await scene.whenNothingIsHeld();
    await stall.end();
  }

  it('reserves nothing', async () => {
    const scene = await openScene(shop, network);
    const stall = network.stall(requestOf.reserve(scene), 'arrives late');
    await scene.add('apple', 2);
    await arriveAfterClearing(scene, stall);
    await expectNoHarm(scene);
    expect((await scene.books()).heldUnits).toBe(0);
  });

  it('adjusts nothing', async () => {
    const scene = await openScene(shop, network);
    const { itemId } = await scene.fill();
    const stall = network.stall(requestOf.adjust(scene), 'arrives late');
    await scene.shopper.change(itemId, 3);
    await arriveAfterClearing(scene, stall);
    await expectNoHarm(scene);
    expect((await scene.books()).heldUnits).toBe(0);
  });

  it('requests no payment', async () => {
    const scene = await openScene(shop, network);
    await scene.fill();
    const stall = network.stall(requestOf.payment(scene), 'arrives late');
    await scene.startCheckout();
    await whenHeld(stall);
    await scene.shopper.cancelCheckout();
    await scene.whenSettled('cancelled');
    await stall.end();
    await expectNoHarm(scene);
    expect((await scene.books()).payments).toEqual([]);
  });

  it('places an order that is over', async () => {
    const scene = await openScene(shop, network);
    await scene.fill();
    const stall = network.stall(requestOf.order(scene), 'arrives late');
    await scene.startCheckout();
    await whenHeld(stall);
    await scene.shopper.cancelCheckout();
    await stall.end();
    await scene.whenSettled('cancelled');
    await expectNoHarm(scene);
    expect((await scene.cart()).order).toBeNull();
  });
});

describe('the renewal of a hold that takes longer than its attempt may', () => {
  beforeAll(async () => {
    // Renewed half-way: what is left is for the attempt that times out, and for the next.
    await shop.stub.control({ holdTtlMs: 8_000 });
  });

  it.concurrent.each(ofServices)('does no harm when its request %s', async (way) => {
    const scene = await openScene(shop, network);
    await timeOutOnce(scene, await renewal(scene), way);
    await expectNoHarm(scene);
    expect((await scene.books()).orders).toHaveLength(1);
  });
});
