import { Client } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { WorkerConfig } from '../config.ts';
import { createStartDelivery } from '../gateway/webhook-deliveries.ts';
import { createOutboxRelay } from '../outbox/relay.ts';
import { startRelayLoop } from '../outbox/relay-loop.ts';
import type { Database } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';

export interface WebhookRelayParts {
  connection: NativeConnection;
  database: Database;
  logger: Logger;
}

/** Hands the outbox over to Temporal while the worker runs; without a receiver everything stays in it. */
export function startWebhookRelay(
  { webhooks, temporal }: WorkerConfig,
  { connection, database, logger }: WebhookRelayParts,
): { stop(): Promise<void> } {
  if (!webhooks) return { stop: async () => {} };
  const client = new Client({ connection, namespace: temporal.namespace });
  const { giveUpAfterMs } = webhooks;
  const startDelivery = createStartDelivery({ client, taskQueue: temporal.taskQueue, giveUpAfterMs });
  return startRelayLoop(createOutboxRelay({ database, startDelivery }), { logger });
}
