import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDeliveryActivities } from '../../activities/delivery.activities.ts';
import type { DeliveryRecord, WebhookAnswer, WebhookSender } from '../../activities/ports.ts';
import type { OutboundEvent } from '../../src/domain/outbound.ts';
import type { webhookDeliveryWorkflow } from '../../workflows/index.ts';
import { webhookWorkflowId } from '../../workflows/webhook-delivery.messages.ts';
import { until } from '../support/shopper.ts';
import { createTimeSkippingEnv, workflowBundle, type TimeSkippingEnv } from '../support/workflow-env.ts';

const taskQueue = 'webhooks-test';
const days = (count: number) => count * 86_400_000;

let test: TimeSkippingEnv;
let events = 0;

/** What the receiver says to each attempt; the last one is said for ever. */
let answers: (WebhookAnswer | Error)[];
let attempts: number[];
let records: DeliveryRecord[];
let beforeRecord: () => void;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

beforeEach(() => {
  answers = ['delivered'];
  attempts = [];
  records = [];
  beforeRecord = () => {};
});

const sender: WebhookSender = {
  async send() {
    attempts.push(await test.env.currentTimeMs());
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer instanceof Error) throw answer;
    return answer;
  },
};

const book = {
  async record(record: DeliveryRecord) {
    beforeRecord();
    records.push(record);
  },
};

function anEvent(): OutboundEvent {
  events += 1;
  return {
    eventId: `evt_cart1_${events}`,
    type: 'cart.abandoned',
    timestamp: '2026-11-24T12:00:00.000Z',
    cartId: 'cart1',
    data: {
      cartId: 'cart1',
      version: events,
      currency: 'EUR',
      totals: { itemCount: 0, totalMinor: 0 },
      items: [],
    },
  };
}

async function start(options: { giveUpAfterMs?: number; round?: number } = {}) {
  const { giveUpAfterMs = days(3), round = 0 } = options;
  const event = anEvent();
  return await test.env.client.workflow.start<typeof webhookDeliveryWorkflow>('webhookDeliveryWorkflow', {
    workflowId: webhookWorkflowId(event.eventId, round),
    taskQueue,
    args: [{ event, round, giveUpAfterMs }],
  });
}

async function withWorker<T>(
  scenario: () => Promise<T>,
  ports: Parameters<typeof createDeliveryActivities>[0] = { sender, book },
): Promise<T> {
  const worker = await Worker.create({
    connection: test.env.nativeConnection,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities: createDeliveryActivities(ports),
  });
  return await worker.runUntil(scenario());
}

const deliver = (options?: Parameters<typeof start>[0]) =>
  withWorker(async () => await (await start(options)).result());

const outcome = () => records.at(-1);
const seconds = () => attempts.slice(1).map((at, index) => Math.round((at - attempts[index]!) / 1_000));

describe('the delivery of a webhook', () => {
  it('ends when the receiver has taken it, and the outbox knows', async () => {
    const result = await deliver();
    expect(result).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(records).toEqual([
      { eventId: result.eventId, round: 0, status: 'delivered', attempts: 1, error: null },
    ]);
  });

  it('is tried again after 5 s, then twice as long each time, and each failure can be seen', async () => {
    answers = [
      new Error('Answered 503'),
      new Error('Answered 302'),
      new Error('No answer: ECONNREFUSED'),
      'delivered',
    ];
    expect(await deliver()).toMatchObject({ status: 'delivered', attempts: 4 });
    expect(seconds()).toEqual([5, 10, 20]);
    expect(records.map(({ status, attempts: count, error }) => [status, count, error])).toEqual([
      ['pending', 1, 'Answered 503'],
      ['pending', 2, 'Answered 302'],
      ['pending', 3, 'No answer: ECONNREFUSED'],
      ['delivered', 4, null],
    ]);
  });

  it('is given up after three days, twelve hours apart at the end, and ends dead', async () => {
    answers = [new Error('Answered 500')];
    const result = await deliver();
    expect(result).toMatchObject({ status: 'dead', reason: 'Answered 500', attempts: attempts.length });
    expect(outcome()).toMatchObject({ status: 'dead', attempts: attempts.length, error: 'Answered 500' });
    expect(attempts.length).toBeGreaterThan(15);
    expect(Math.max(...seconds())).toBe(12 * 3_600);
    expect(attempts.at(-1)! - attempts[0]!).toBeLessThanOrEqual(days(3));
    expect(attempts.at(-1)! - attempts[0]!).toBeGreaterThan(days(2));
  });

  it('stops at the first 410: the receiver wants no more of it', async () => {
    answers = ['gone'];
    expect(await deliver()).toMatchObject({ status: 'gone', attempts: 1 });
    expect(attempts).toHaveLength(1);
    expect(records).toMatchObject([{ status: 'gone', attempts: 1 }]);
  });

  it('is written down however long Postgres is away', async () => {
    let refused = 0;
    beforeRecord = () => {
      refused += 1;
      if (refused < 30) throw new Error('connect ECONNREFUSED');
    };
    expect(await deliver({ giveUpAfterMs: 60_000 })).toMatchObject({ status: 'delivered', attempts: 1 });
    expect(attempts).toHaveLength(1);
    expect(records).toMatchObject([{ status: 'delivered' }]);
  });

  it('that an operator cancels ends dead at once, on record', async () => {
    answers = [new Error('Answered 500')];
    const result = await withWorker(async () => {
      const handle = await start();
      await until(
        async () => attempts.length,
        (count) => count > 0,
      );
      await handle.cancel();
      return await handle.result();
    });
    expect(result).toMatchObject({ status: 'dead', reason: 'Cancelled by an operator' });
    expect(outcome()).toMatchObject({ status: 'dead', error: 'Cancelled by an operator' });
  });

  it('waits, in a worker that has no receiver, for one that has', async () => {
    const result = await withWorker(
      async () => await (await start({ giveUpAfterMs: 60_000, round: 2 })).result(),
      {
        sender: undefined,
        book,
      },
    );
    expect(result).toMatchObject({ status: 'dead', reason: 'This worker has no WEBHOOK_URL' });
    expect(outcome()).toMatchObject({ round: 2, status: 'dead' });
  });

  it('says in the Web UI what it is about and what became of it', async () => {
    answers = [new Error('Answered 503'), 'delivered'];
    await withWorker(async () => {
      const handle = await start();
      await handle.result();
      const details = await handle.query<string>('__temporal_workflow_metadata').then(JSON.stringify);
      expect(details).toContain('**cart.abandoned** · delivered at attempt 2');
    });
  });
});
