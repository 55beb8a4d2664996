import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client } from '@temporalio/client';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import {
  Worker,
  type NativeConnection,
  type WorkerDeploymentOptions,
  type WorkerOptions,
} from '@temporalio/worker';
import { createDeliveryActivities } from '../../activities/delivery.activities.ts';
import { createActivities } from '../../activities/index.ts';
import type { WorkerConfig } from '../config.ts';
import { createCartInbox } from '../gateway/cart-inbox.ts';
import { createDeliveryBook } from '../outbox/delivery-book.ts';
import { createHttpWebhookSender } from '../outbox/http-webhook-sender.ts';
import { closeDatabase, createDatabase } from '../platform/database.ts';
import { createCartStore } from '../read-model/cart-store.ts';
import { createCatalog } from '../read-model/catalog.ts';
import { createOrderBook } from '../read-model/order-book.ts';
import { createHttpPaymentService } from '../payments/http-payment-service.ts';
import { createHttpReservationService } from '../reservations/http-reservation-service.ts';

type WorkflowSource = Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;

/** The bundle that the build makes; without it, while developing, the SDK bundles the sources at start. */
function workflowSource(): WorkflowSource {
  const bundlePath = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  if (existsSync(bundlePath)) return { workflowBundle: { codePath: bundlePath } };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return { workflowsPath: fileURLToPath(new URL(`../../workflows/index.${extension}`, import.meta.url)) };
}

/** A cart's run stays with the version that it began with, so that its history is never replayed by other code. */
const pinned = (version: WorkerDeploymentVersion): WorkerDeploymentOptions => ({
  version,
  useWorkerVersioning: true,
  defaultVersioningBehavior: 'PINNED',
});

/** A worker over real connections, not yet running. */
export async function createCartWorker(
  config: WorkerConfig,
  connection: NativeConnection,
  workflows: WorkflowSource = workflowSource(),
) {
  const database = createDatabase({ ...config.database, applicationName: 'durable-cart worker' });
  const activities = createActivities({
    carts: createCartStore(database),
    inbox: createCartInbox({
      client: new Client({ connection, namespace: config.temporal.namespace }),
      taskQueue: config.temporal.taskQueue,
      // One claim more or less that loads its cart: not worth a look beforehand.
      mayExist: async () => true,
    }),
    catalog: createCatalog(database, { mode: config.catalog.mode, cacheMs: 0 }),
    orders: createOrderBook(database),
    payments: createHttpPaymentService({ baseUrl: config.payment.url }),
    reservations: createHttpReservationService({ baseUrl: config.reservation.url }),
  });
  const deliveryActivities = createDeliveryActivities({
    sender: config.webhooks && createHttpWebhookSender(config.webhooks),
    book: createDeliveryBook(database),
  });
  const {
    maxCachedWorkflows,
    maxConcurrentActivities,
    maxConcurrentWorkflowTasks,
    stickyTimeoutMs,
    shutdownGraceMs,
    version,
  } = config.worker;
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: config.temporal.taskQueue,
    ...workflows,
    activities: { ...activities, ...deliveryActivities },
    maxCachedWorkflows,
    maxConcurrentActivityTaskExecutions: maxConcurrentActivities,
    maxConcurrentWorkflowTaskExecutions: maxConcurrentWorkflowTasks,
    stickyQueueScheduleToStartTimeout: stickyTimeoutMs,
    // The default of 0 would cancel a slow reservation the moment a deploy begins.
    shutdownGraceTime: shutdownGraceMs,
    ...(version && { workerDeploymentOptions: pinned(version) }),
  });
  return { worker, database, close: () => closeDatabase(database) };
}
