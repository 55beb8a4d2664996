import { randomUUID } from 'node:crypto';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { Child } from '../../src/dev/child-process.ts';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import { startBuilt } from '../support/built-process.ts';
import { openCarts, wake } from '../support/carts-across-versions.ts';
import { buildChanged, type ChangedBuild } from '../support/changed-build.ts';
import { failedTasks } from '../support/failed-tasks.ts';
import { replayCarts } from '../support/replay-carts.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';
import { startWebhookReceiver, webhookSecret } from '../support/webhook-receiver.ts';
import { buildOf, createWorkerDeployment } from '../support/worker-deployment.ts';

let changed: ChangedBuild;

beforeAll(async () => {
  changed = await buildChanged();
});

afterAll(() => changed.remove());

const bundle = (codePath: string) => ({ workflowBundle: { codePath } });
const firstBuild = () => bundle(inject('bundlePath'));
const changedBuild = () => bundle(changed.bundlePath);

/** A shop with a deployment of its own, and what starts its workers: of the first build and of the changed one. */
async function openScene(options: ShopOptions = {}) {
  const shop = await openShop({ ...options, worker: false });
  const deploymentName = `carts-${randomUUID()}`;
  const deployment = createWorkerDeployment(shop.temporal, deploymentName);
  const workers: Child[] = [];
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.stop({ deadlineMs: 100 })));
    await shop.close({ replay: false });
  });
  async function startUnversioned(build: 'first' | 'changed', env = {}): Promise<Child> {
    const script = build === 'first' ? 'worker.js' : changed.workerScript;
    const worker = await startBuilt(script, { ...shop.settings, ...env });
    workers.push(worker);
    return worker;
  }
  const startVersion = (build: 'first' | 'changed', buildId: string) =>
    startUnversioned(build, { WORKER_DEPLOYMENT_NAME: deploymentName, WORKER_BUILD_ID: buildId });
  return { shop, deployment, startUnversioned, startVersion };
}

type Scene = Awaited<ReturnType<typeof openScene>>;

/** Ends in time only when nothing needs the worker any more. */
async function stopGracefully(worker: Child): Promise<void> {
  await worker.stop({ deadlineMs: 20_000 });
  expect(await worker.exited).toMatchObject({ code: 0 });
}

async function historiesOf({ shop }: Scene, runs: WorkflowExecutionInfo[]) {
  const { workflow } = shop.temporal;
  return await Promise.all(
    runs.map(async ({ workflowId, runId }) => ({
      workflowId,
      history: await workflow.getHandle(workflowId, runId).fetchHistory(),
    })),
  );
}

/** Temporal's task queues hear of another version a moment later, and a cart with its next task. */
async function untilOn(build: string | undefined, shop: Shop, shopper: Shopper): Promise<void> {
  await until(
    async () => {
      await wake(shop, shopper);
      return await buildOf(shop.temporal, shopper.cartId);
    },
    (now) => now === build,
    30_000,
    500,
  );
}

describe('a changed workflow with worker versioning', () => {
  it('finishes the carts that the build before has opened, and then the old workers can go', async () => {
    const scene = await openScene();
    const { shop, deployment } = scene;
    const buildNow = (cartId: string) => buildOf(shop.temporal, cartId);
    const oldWorker = await scene.startVersion('first', '1');
    await scene.startVersion('changed', '2');
    await deployment.setCurrent('1');

    const place = { ...shop, control: shop.stub.control };
    // Long enough to be still under way on a busy machine.
    const carts = await openCarts(place, 2, 20_000);

    await deployment.setCurrent('2');

    const views = await Promise.all(carts.map(({ shopper }) => shopper.cart()));
    const isPending = ({ items }: (typeof views)[number]) =>
      items.some(({ reservation }) => reservation.status === 'pending');
    expect(views.filter(isPending)).toHaveLength(4);
    const builds = await Promise.all(carts.map(({ shopper }) => buildNow(shopper.cartId)));
    expect(new Set(builds)).toEqual(new Set(['1']));
    await place.control({ latencyMs: 0 });

    await Promise.all(carts.map(({ goOn, shopper }) => goOn(place, shopper)));
    await until(
      () => deployment.openOn('1'),
      ({ length }) => length === 0,
      60_000,
    );

    await stopGracefully(oldWorker);

    for (const { ends, shopper, name } of carts) {
      const cart = await until(shopper.cart, ({ status }) => status === ends.status);
      const units = cart.totals.itemCount;
      expect({ name, units, build: await buildNow(shopper.cartId) }).toEqual({
        ...{ name, units: ends.units, build: '2' },
      });
      if (ends.status === 'active') expect(await shop.stub.heldUnits(shopper.cartId)).toBe(ends.units);
    }
    await Promise.all(
      carts.map(async ({ shopper }) => {
        expect((await shopper.add('fig', 1)).status).toBe(201);
        await until(shopper.cart, allReserved);
      }),
    );

    const [old, young] = await Promise.all(['1', '2'].map(deployment.runsOf));
    expect(new Set(old!.map(({ status }) => status.name))).toEqual(
      new Set(['CONTINUED_AS_NEW', 'COMPLETED']),
    );
    const [oldHistories, youngHistories] = [await historiesOf(scene, old!), await historiesOf(scene, young!)];
    expect(youngHistories.length).toBeGreaterThanOrEqual(carts.length);
    expect(failedTasks([...oldHistories, ...youngHistories])).toEqual([]);

    await replayCarts(oldHistories, firstBuild());
    await replayCarts(youngHistories, changedBuild());
    await expect(replayCarts(youngHistories, firstBuild())).rejects.toThrow(/cannot be replayed/);
  }, 120_000);

  it('goes back to the build before, and forth again, with the same cart', async () => {
    const { shop, deployment, startVersion } = await openScene();
    await startVersion('first', '1');
    await startVersion('changed', '2');
    const shopper = await shop.newShopper();
    for (const [index, build] of ['1', '2', '1', '2'].entries()) {
      await deployment.setCurrent(build);
      expect((await shopper.add('apple', 1)).status).toBe(201);
      await untilOn(build, shop, shopper);
      const cart = await until(shopper.cart, allReserved);
      expect(cart.totals.itemCount).toBe(index + 1);
    }
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(4);
  }, 120_000);

  it('takes a cart that nobody touches along when its own timer fires', async () => {
    const { shop, deployment, startVersion } = await openScene({ env: { CART_TTL: '15s' } });
    await startVersion('first', '1');
    await startVersion('changed', '2');
    await deployment.setCurrent('1');
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    // Also once its first task, whose answer may come before its end, is over.
    await until(
      () => buildOf(shop.temporal, shopper.cartId),
      (build) => build === '1',
    );
    await deployment.setCurrent('2');
    expect(await buildOf(shop.temporal, shopper.cartId)).toBe('1');
    await shop.temporal.workflow.getHandle(cartWorkflowId(shopper.cartId)).result();
    expect(await buildOf(shop.temporal, shopper.cartId)).toBe('2');
    expect((await shopper.cart()).status).toBe('abandoned');
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(0);
  }, 120_000);

  it('begins with the carts that workers without a version have opened, and gives them back', async () => {
    const { shop, deployment, startVersion, startUnversioned } = await openScene();
    const oldWorker = await startUnversioned('first');
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    await until(shopper.cart, allReserved);
    const addOneOn = async (build: string | undefined) => {
      expect((await shopper.add('apple', 1)).status).toBe(201);
      await until(shopper.cart, allReserved);
      await untilOn(build, shop, shopper);
    };

    await startVersion('first', '1');
    await deployment.setCurrent('1');
    await stopGracefully(oldWorker);
    await addOneOn('1');

    await startUnversioned('first');
    await deployment.setCurrent('');
    await addOneOn(undefined);
    expect((await shopper.cart()).totals.itemCount).toBe(3);
  }, 120_000);

  it('takes over a webhook that is being tried, which keeps no old worker', async () => {
    const receiver = await startWebhookReceiver();
    onTestFinished(() => receiver.close());
    receiver.behaviour.answer = async () => new Response(null, { status: 503 });
    const env = { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: webhookSecret };
    const { shop, deployment, startVersion } = await openScene({ env });
    const oldWorker = await startVersion('first', '1');
    await startVersion('changed', '2');
    await deployment.setCurrent('1');
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await shop.temporal.workflow.getHandle(cartWorkflowId(shopper.cartId)).cancel();
    await until(
      async () => receiver.of(shopper.cartId),
      ({ length }) => length > 0,
    );

    await deployment.setCurrent('2');
    await stopGracefully(oldWorker);
    receiver.behaviour.answer = async () => new Response(null, { status: 204 });
    const statuses = () => shop.sql`select distinct status from outbox where cart_id = ${shopper.cartId}`;
    const [told] = await until(statuses, ([row]) => row?.['status'] === 'delivered', 30_000);
    expect(told).toEqual({ status: 'delivered' });
    expect(new Set(receiver.of(shopper.cartId).map(({ event }) => event.eventId)).size).toBe(1);
  }, 120_000);
});

describe('the same change without worker versioning', () => {
  it('is refused by the replay gate, and would stop open carts until it is taken back', async () => {
    const scene = await openScene();
    const { shop } = scene;
    const shopper = await shop.newShopper();
    const oldWorker = await scene.startUnversioned('first');
    await shopper.add('apple', 2);
    await until(shopper.cart, allReserved);
    const handle = shop.temporal.workflow.getHandle(cartWorkflowId(shopper.cartId));
    const open = await handle.fetchHistory();
    await expect(Worker.runReplayHistory(firstBuild(), open)).resolves.toBeUndefined();
    await expect(Worker.runReplayHistory(changedBuild(), open)).rejects.toThrow(/[Nn]on-?determinis/);

    await stopGracefully(oldWorker);
    const newWorker = await scene.startUnversioned('changed');
    await shopper.add('pear', 1, { prefer: 'respond-async' });
    const failures = async () => failedTasks([{ workflowId: '', history: await handle.fetchHistory() }]);
    const [failure] = await until(failures, ({ length }) => length > 0, 30_000);
    expect(failure!.failure?.message).toMatch(/[Nn]on-?determinis/);
    expect((await shopper.cart()).totals.itemCount).toBe(2);

    await stopGracefully(newWorker);
    await scene.startUnversioned('first');
    const cart = await until(shopper.cart, ({ totals }) => totals.itemCount === 3, 30_000);
    expect(cart.status).toBe('active');
  }, 120_000);
});
