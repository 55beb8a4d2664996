import type { plantedBugs } from '../../chaos/planted/bugs.ts';
import type { Child } from '../../src/dev/child-process.ts';
import type { Shop } from '../support/shop.ts';
import { allReserved, until } from '../support/shopper.ts';
import type { StallingNetwork } from '../support/stalling-network.ts';
import type { DirectedShopper } from './directed-shopper.ts';

/** A shop in which nothing works yet. */
export interface Stage {
  shop: Shop;
  shopper: DirectedShopper;
  startWorker(): Promise<Child>;
  /** Between the worker and Postgres. */
  network: StallingNetwork;
}

/** What provokes the bug, and does no harm without it. */
export type Scene = (stage: Stage) => Promise<void>;

/** Of the shop, where a scene would otherwise take minutes. */
export const settingsOf: Partial<Record<keyof typeof plantedBugs, Record<string, string>>> = {
  compensationAfterStep: { RESERVATION_ATTEMPT_TIMEOUT: '3s', RESERVATION_GIVE_UP_AFTER: '8s' },
  keyPerTry: { RESERVATION_ATTEMPT_TIMEOUT: '4s' },
};

const patienceMs = 45_000;
const whenReserved = ({ shopper }: Stage) =>
  until(shopper.cart, (cart) => cart.items.length > 0 && allReserved(cart), patienceMs);

export const scenes: Record<keyof typeof plantedBugs, Scene> = {
  /** An API that has heard nothing of the first request sends the second one on. */
  async dedupOff(stage) {
    const settled = await stage.shopper.sendAdd('apple', 2, 2);
    await stage.startWorker();
    await settled();
    await whenReserved(stage);
  },

  async projectionUnguarded(stage) {
    const { shopper, network } = stage;
    await stage.startWorker();
    await shopper.add('apple', 1);
    await whenReserved(stage);
    const isSave = (bytes: string) => bytes.includes('"cart_id"') && bytes.includes(shopper.cartId);
    const stall = network.stall((bytes) => stall.held === 0 && isSave(bytes), 'arrives late');
    await shopper.add('pear', 1);
    await until(shopper.cart, (cart) => cart.items.length === 2 && allReserved(cart), patienceMs);
    await stall.end();
  },

  /** Every answer to a reservation is lost, until the cart gives it up. */
  async compensationAfterStep(stage) {
    const { shop, shopper } = stage;
    await stage.startWorker();
    await shop.stub.control({ lostAnswerRate: 1 });
    await shopper.add('apple', 2);
    await until(shopper.cart, (cart) => cart.items[0]?.reservation.status === 'failed', patienceMs);
    await shop.stub.control({ lostAnswerRate: 0 });
  },

  /** A life that an operator ends, and the next one. */
  async keyReused(stage) {
    const { shop, shopper } = stage;
    await stage.startWorker();
    await shopper.add('apple', 2);
    await whenReserved(stage);
    const handle = shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`);
    await handle.cancel();
    await handle.result();
    await shopper.add('pear', 1);
    await whenReserved(stage);
  },

  /** A worker dies between the reservation call and its answer. */
  async keyPerTry(stage) {
    const { shop, shopper } = stage;
    await shop.stub.control({ latencyMs: 500 });
    const worker = await stage.startWorker();
    await shopper.add('apple', 2);
    await until(shop.stub.ledger, ({ calls }) => calls['reserve'] === 1, patienceMs);
    worker.kill();
    await worker.exited;
    await stage.startWorker();
    await whenReserved(stage);
  },

  async releaseSkipped(stage) {
    const { shopper } = stage;
    await stage.startWorker();
    await shopper.add('apple', 2);
    await shopper.add('pear', 1);
    await whenReserved(stage);
    await shopper.remove('apple');
  },
};
