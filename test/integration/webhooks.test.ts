import { NativeConnection } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWebhookRelay } from '../../src/composition/start-webhook-relay.ts';
import { loadWorkerConfig } from '../../src/config.ts';
import { createStartDelivery } from '../../src/gateway/webhook-deliveries.ts';
import { createOutboxRelay } from '../../src/outbox/relay.ts';
import { createWebhookViews } from '../../src/outbox/webhook-views.ts';
import type { Database } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { until } from '../support/shopper.ts';
import { startWebhookReceiver, webhookSecret, type WebhookReceiver } from '../support/webhook-receiver.ts';

let receiver: WebhookReceiver;
let shop: Shop;
let database: Database;
let connection: NativeConnection;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  shop = await openShop({
    env: { WEBHOOK_URL: receiver.url, WEBHOOK_SECRET: webhookSecret, WEBHOOK_GIVE_UP_AFTER: '4s' },
  });
  database = shop.database;
  connection = await NativeConnection.connect({ address: shop.settings.TEMPORAL_ADDRESS });
});

afterAll(async () => {
  await connection.close();
  await shop.close();
  await receiver.close();
});

beforeEach(() => {
  receiver.behaviour.answer = async () => new Response(null, { status: 204 });
});

/** As in a worker process with these settings. */
const startRelay = (env: Record<string, string> = {}) =>
  startWebhookRelay(loadWorkerConfig({ ...shop.settings, ...env }), {
    connection,
    database,
    logger: createLogger({ level: 'silent', service: 'test' }),
  });

const startDelivery = () => {
  const { taskQueue } = loadWorkerConfig(shop.settings).temporal;
  return createStartDelivery({ client: shop.temporal, taskQueue, giveUpAfterMs: 4_000 });
};

/** A cart with two apples, left by its shopper; its event is in the outbox. */
async function abandonedCart() {
  const shopper = await shop.newShopper();
  await shopper.add('apple', 2);
  await shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`).cancel();
  await until(
    () => outboxOf(shopper.cartId),
    (row) => row !== undefined,
  );
  return shopper;
}

async function outboxOf(cartId: string) {
  const [row] = await shop.sql`
    select event_id, status, attempts, round, last_error, dispatched_at from outbox where cart_id = ${cartId}`;
  return row as
    | { event_id: string; status: string; attempts: number; round: number; dispatched_at: Date | null }
    | undefined;
}

const statusIs = (status: string) => (row: Awaited<ReturnType<typeof outboxOf>>) => row?.status === status;

describe('outgoing webhooks', () => {
  it('tell of an abandoned cart once, signed, with two workers at it', async () => {
    const { cartId, sessionId } = await abandonedCart();
    const relays = [startRelay(), startRelay()];
    await until(() => outboxOf(cartId), statusIs('delivered'));
    await Promise.all(relays.map((relay) => relay.stop()));
    const received = receiver.of(cartId);
    expect(received).toMatchObject([
      {
        event: {
          type: 'cart.abandoned',
          cartId,
          data: { currency: 'EUR', items: [{ name: 'apple', quantity: 2 }] },
        },
      },
    ]);
    expect(received[0]!.headers['webhook-id']).toBe(received[0]!.event.eventId);
    expect(JSON.stringify(received)).not.toContain(sessionId);
  });

  it('are told once though the relay dies between the start of a delivery and its mark', async () => {
    const { cartId } = await abandonedCart();
    let answerNow: () => void = () => {};
    const held = new Promise<void>((resolve) => (answerNow = resolve));
    receiver.behaviour.answer = async () => {
      await held;
      return new Response(null, { status: 204 });
    };
    const start = startDelivery();
    const dead = new Promise<void>((resolve) => {
      const dying = createOutboxRelay({
        database,
        leaseMs: 300,
        async startDelivery(event, round) {
          await start(event, round);
          resolve();
          await new Promise(() => {});
        },
      });
      void dying.relayBatch();
    });
    await dead;
    expect(await outboxOf(cartId)).toMatchObject({ status: 'pending', dispatched_at: null });

    const next = createOutboxRelay({ database, startDelivery: start });
    await until(
      () => next.relayBatch(),
      ({ taken }) => taken === 1,
    );
    answerNow();
    const { event_id: eventId } = (await until(() => outboxOf(cartId), statusIs('delivered')))!;
    await shop.temporal.workflow.getHandle(`webhook-${eventId}`).result();

    // And once more, when it is over.
    await start(receiver.of(cartId)[0]!.event, 0);
    const runs = [];
    const query = `WorkflowId = "webhook-${eventId}"`;
    for await (const run of shop.temporal.workflow.list({ query })) runs.push(run.status.name);
    expect(runs).toEqual(['COMPLETED']);
    expect(receiver.of(cartId)).toHaveLength(1);
  });

  it('wait in the outbox as long as there is no receiver, and are sent when there is one', async () => {
    const { cartId } = await abandonedCart();
    const without = startRelay({ WEBHOOK_URL: '' });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await without.stop();
    expect(await outboxOf(cartId)).toMatchObject({ status: 'pending', dispatched_at: null });
    expect(receiver.of(cartId)).toEqual([]);
    const relay = startRelay();
    await until(() => outboxOf(cartId), statusIs('delivered'));
    await relay.stop();
    expect(receiver.of(cartId)).toHaveLength(1);
  });

  it('that nobody takes are dead after their time, and arrive when an operator sends them again', async () => {
    const { cartId } = await abandonedCart();
    receiver.behaviour.answer = async () => new Response(null, { status: 500 });
    const relay = startRelay();
    const dead = (await until(() => outboxOf(cartId), statusIs('dead')))!;
    expect(dead).toMatchObject({ attempts: 1, last_error: 'Answered 500' });

    receiver.behaviour.answer = async () => new Response(null, { status: 200 });
    await createWebhookViews(database).redeliver(dead.event_id);
    const delivered = await until(() => outboxOf(cartId), statusIs('delivered'));
    await relay.stop();
    expect(delivered).toMatchObject({ round: 1, attempts: 1, last_error: null });
    const ids = receiver.of(cartId).map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([dead.event_id, dead.event_id]);
  });
});
