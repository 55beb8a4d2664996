import { randomUUID } from 'node:crypto';
import { temporal as protos } from '@temporalio/proto';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { startTemporalServer } from '../../src/dev/temporal-server.ts';
import type { NewItem } from '../../src/domain/commands.ts';
import { cartWorkflowId, cartWorkflowType, commandSignals } from '../../workflows/cart.messages.ts';
import { envelope } from '../support/cart-scenario.ts';
import { failedTasks, type RunHistory } from '../support/failed-tasks.ts';
import { persist } from '../support/persistent.ts';
import { openShop, type Shop, type ShopOptions } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';
import { temporalProgram } from '../support/temporal-binary.ts';

const forceClosed =
  protos.api.enums.v1.WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND;
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** A shop with a Temporal server of its own, whose limits are lower. */
async function openOwnShop(dynamicConfig: Record<string, number>, options: ShopOptions = {}): Promise<Shop> {
  const temporal = await startTemporalServer({
    cliPath: await temporalProgram('temporal'),
    host: '127.0.0.1',
    port: await freePort(),
    dynamicConfig,
    log: () => {},
  });
  cleanUps.push(() => temporal.stop());
  const shop = await openShop({ ...options, temporalAddress: temporal.address });
  cleanUps.push(() => shop.close());
  return shop;
}

const async = { prefer: 'respond-async' };
type Refusal = { code: string; retryAfterSeconds: number; 'violated-policies': string[] };

/** Adds units of ever new lines until the cart refuses one; returns how many were accepted, and the refusal. */
async function flood(shopper: Shopper, names: readonly string[]) {
  let accepted = 0;
  for (;;) {
    const name = names[accepted % names.length]!;
    const { status, headers, body } = await shopper.add(name, 1, async);
    if (status !== 202) return { accepted, status, headers, body: body as unknown as Refusal };
    accepted += 1;
  }
}

async function applied(shop: Shop, cartId: string): Promise<number> {
  const [row] =
    await shop.sql`select count(*)::int as n from operations where cart_id = ${cartId} and status = 'applied'`;
  return row!['n'] as number;
}

async function statusesOf(shop: Shop, cartId: string): Promise<Set<string>> {
  const statuses = new Set<string>();
  const query = `WorkflowId = "${cartWorkflowId(cartId)}"`;
  for await (const run of shop.temporal.workflow.list({ query })) statuses.add(run.status.name);
  return statuses;
}

/** How many workflow tasks of a cart the server has taken away from a worker, over all its runs. */
async function takenAway(shop: Shop, cartId: string): Promise<number> {
  const runs: RunHistory[] = [];
  const query = `WorkflowId = "${cartWorkflowId(cartId)}"`;
  for await (const run of shop.temporal.workflow.list({ query }).intoHistories())
    runs.push(run as RunHistory);
  return failedTasks(runs).filter(({ cause }) => cause === forceClosed).length;
}

/** Everything accepted is in the cart, and held, once; no run of it has failed. */
async function expectCaughtUp(shop: Shop, shopper: Shopper, accepted: number) {
  const units = (view: Awaited<ReturnType<Shopper['cart']>>) => view.totals.itemCount;
  const cart = await until(shopper.cart, (view) => units(view) === accepted && allReserved(view), 60_000);
  expect(units(cart)).toBe(accepted);
  expect(await shop.stub.heldUnits(shopper.cartId)).toBe(accepted);
  expect(await applied(shop, shopper.cartId)).toBe(accepted);
  const statuses = await statusesOf(shop, shopper.cartId);
  expect([...statuses].filter((status) => status !== 'RUNNING' && status !== 'CONTINUED_AS_NEW')).toEqual([]);
}

describe('a cart that is flooded while no worker runs', () => {
  it("is refused with 429 at Temporal's limit of signals, and catches up with all that was accepted", async () => {
    const env = { CART_CONTINUE_AS_NEW_EVENTS: '50' };
    const shop = await openOwnShop({ 'history.maximumSignalsPerExecution': 90 }, { worker: false, env });
    const shopper = await shop.newShopper();

    const { accepted, status, headers, body } = await flood(shopper, ['apple', 'pear']);
    expect(accepted).toBe(90);
    expect(status).toBe(429);
    expect(body).toMatchObject({ code: 'too_many_requests', 'violated-policies': ['cart-backlog'] });
    expect(headers.get('retry-after')).toBe(String(body.retryAfterSeconds));
    expect((await (await shop.newShopper()).add('apple', 1, async)).status).toBe(202);

    await shop.workers.start();
    await expectCaughtUp(shop, shopper, accepted);
    expect((await shopper.add('apple', 1)).status).toBe(201);
    await expectCaughtUp(shop, shopper, accepted + 1);
  });

  it('is refused with 429 long before that when it does not keep up', async () => {
    const shop = await openShop({ worker: false });
    cleanUps.push(() => shop.close());
    const shopper = await shop.newShopper();
    const { accepted, status, body } = await flood(shopper, ['apple', 'pear']);
    expect([status, body['violated-policies']]).toEqual([429, ['cart-backlog']]);
    expect(accepted).toBeGreaterThanOrEqual(100);

    await shop.workers.start();
    await expectCaughtUp(shop, shopper, accepted);
    const again = await until(
      () => shopper.add('apple', 1),
      (answer) => answer.status !== 429,
    );
    expect(again.status).toBe(201);
  });

  it('carries no more over than a run may be started with, however large its commands are', async () => {
    const shop = await openShop({ worker: false, env: { CART_CONTINUE_AS_NEW_EVENTS: '50' } });
    cleanUps.push(() => shop.close());
    const shopper = await shop.newShopper();
    const [commands, lines] = [50, 35];
    const settings = {
      currency: 'EUR',
      ttlMs: 1_800_000,
      continueAsNewAfterEvents: 50,
      reservationAttemptTimeoutMs: 120_000,
      reservationGiveUpAfterMs: 900_000,
    };
    const items = Array.from({ length: lines }, (_, index): NewItem => ({
      itemId: `item-${index}`,
      // Three bytes a character, in what Temporal counts.
      name: `${'長'.repeat(197)}${index}`,
      quantity: 1,
      price: { status: 'known', unitPriceMinor: 1 },
    }));
    const { cartId } = shopper;
    for (let sent = 0; sent < commands; sent += 1) {
      await shop.temporal.workflow.signalWithStart(cartWorkflowType, {
        workflowId: cartWorkflowId(cartId),
        taskQueue: shop.settings.TEMPORAL_TASK_QUEUE,
        args: [{ cartId, settings, fresh: true }],
        signal: commandSignals.addItem,
        signalArgs: [envelope({ type: 'addItem', items }, randomUUID())],
      });
    }
    const { historySize } = await shop.temporal.workflow.getHandle(cartWorkflowId(cartId)).describe();
    expect(historySize).toBeGreaterThan(2 * 1_048_576);

    await shop.workers.start();
    const cart = await until(
      shopper.cart,
      (view) => view.totals.itemCount === commands * lines && allReserved(view),
      60_000,
    );
    expect(cart.items).toHaveLength(lines);
    expect(await applied(shop, cartId)).toBe(commands);
    expect(await statusesOf(shop, cartId)).toEqual(new Set(['CONTINUED_AS_NEW', 'RUNNING']));
  });
});

/** As a client asks on a version that was long ago: each command is refused, and nothing follows from it. */
const ifMatch = { 'if-match': '"0"' };

describe('no workflow task is taken away by the server, because too much waits behind it,', () => {
  it('of a cart to which one process sends two hundred commands at once', async () => {
    // A server takes 100 events: 48 of commands through four processes, 40 of calls.
    const shop = await openOwnShop({ 'history.maximumBufferedEventsBatch': 14 });
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        persist(`${index}`, (headers) => shopper.add('apple', 1, { ...headers, ...ifMatch })),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([412]));
    expect(await takenAway(shop, shopper.cartId)).toBe(0);
  });

  it('of a cart with a hundred lines that are all changed at once, and then cleared', async () => {
    const shop = await openOwnShop({ 'history.maximumBufferedEventsBatch': 60 });
    const shopper = await shop.newShopper();
    const names = Array.from({ length: 100 }, (_, index) => `item ${index}`);
    await shopper.addMany(names.map((name) => ({ name, quantity: 1 })));
    const { items } = await until(shopper.cart, allReserved);
    const answers = await Promise.all(
      items.map(({ itemId }) => persist(itemId, (headers) => shopper.change(itemId, 2, headers))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await until(shopper.cart, allReserved);
    expect(await shop.stub.heldUnits(shopper.cartId)).toBe(200);
    await shopper.clear();
    await until(
      () => shop.stub.heldUnits(shopper.cartId),
      (units) => units === 0,
    );
    expect(await takenAway(shop, shopper.cartId)).toBe(0);
  });
});
