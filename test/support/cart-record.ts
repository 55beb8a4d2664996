import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { Client } from '@temporalio/client';
import type { CommandEnvelope } from '../../src/domain/commands.ts';
import type { CartEvent } from '../../src/domain/events.ts';
import type { OperationResult } from '../../src/domain/persistence.ts';
import type { Rejection } from '../../src/domain/rejections.ts';
import { closeDatabase, createDatabase } from '../../src/platform/database.ts';
import { readEvents } from '../../src/read-model/event-rows.ts';
import { cartWorkflowId } from '../../workflows/cart.messages.ts';
import type { CartRecord } from './serial-order.ts';
import type { Shop } from './shop.ts';

/** What Temporal and Postgres have of a cart whose runs continue one another. */
export async function readCartRecord(shop: Shop, cartId: string): Promise<CartRecord> {
  const rows = await shop.sql<OperationRow[]>`select * from operations where cart_id = ${cartId}`;
  return {
    envelopes: await arrivedAt(shop.temporal, cartId),
    events: await eventsOf(shop.settings.DATABASE_URL, cartId),
    outcomes: new Map(rows.map((row) => [row.operation_id, { at: row.at.getTime(), result: resultOf(row) }])),
  };
}

interface OperationRow {
  operation_id: string;
  at: Date;
  version: number;
  rejection: Rejection | null;
  order_id: string | null;
}

const resultOf = ({ rejection, version, order_id: orderId }: OperationRow): OperationResult =>
  rejection ? { status: 'rejected', rejection } : { status: 'applied', version, ...(orderId && { orderId }) };

async function eventsOf(databaseUrl: string, cartId: string): Promise<CartEvent[]> {
  const database = createDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'test' });
  const events: CartEvent[] = [];
  for await (const { event } of readEvents(database, [cartId])) events.push(event);
  await closeDatabase(database);
  return events;
}

/** The signals of all runs, in the order in which the server has them. */
async function arrivedAt(client: Client, cartId: string): Promise<CommandEnvelope[]> {
  const workflowId = cartWorkflowId(cartId);
  let envelopes: CommandEnvelope[] = [];
  let { runId } = await client.workflow.getHandle(workflowId).describe();
  while (runId !== '') {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    const signals = events.flatMap((event) => event.workflowExecutionSignaledEventAttributes ?? []);
    const decoded = signals.map(({ input }) =>
      decodeArrayFromPayloads(client.options.loadedDataConverter, input?.payloads),
    );
    envelopes = [...(await Promise.all(decoded)).map(([first]) => first as CommandEnvelope), ...envelopes];
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return envelopes;
}
