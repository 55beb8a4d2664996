import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { createActivities, type ActivityPorts } from '../../activities/index.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { temporalProgram } from './temporal-binary.ts';
import { cartSearchAttributeTypes } from '../../src/platform/search-attributes.ts';
import {
  cartWorkflowId,
  cartWorkflowType,
  commandSignals,
  getCartQuery,
  type CartSettings,
} from '../../workflows/cart.messages.ts';
import type { cartWorkflow } from '../../workflows/index.ts';
import type { ShopperCommand } from '../../src/domain/commands.ts';
import { envelope } from './cart-scenario.ts';
import { replayCarts } from './replay-carts.ts';

export const taskQueue = 'carts-test';

export const settings: CartSettings = {
  currency: 'EUR',
  ttlMs: 30 * 60_000,
  continueAsNewAfterEvents: 2_000,
  reservationAttemptTimeoutMs: 120_000,
  reservationGiveUpAfterMs: 900_000,
};

let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

/** One bundle a test process. */
export const workflowBundle = (): Promise<WorkflowBundleWithSourceMap> =>
  (bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    logger: { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error, log() {} },
  }));

/** The time-skipping server; one a test file, since its clock is shared. */
export async function createTimeSkippingEnv() {
  quietTemporal();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await temporalProgram('temporal-test-server') } },
  });
  // The test server knows no `listSearchAttributes`, which `npm run migrate` asks first.
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: cartSearchAttributeTypes,
  });

  const carts = new Set<string>();

  async function* histories() {
    for (const workflowId of carts) {
      yield { workflowId, history: await env.client.workflow.getHandle(workflowId).fetchHistory() };
    }
  }

  /** A cart left open would keep its timers and calls in the clock that all tests of a file share. */
  async function endCarts() {
    for (const workflowId of carts) {
      await env.client.workflow
        .getHandle(workflowId)
        .terminate()
        .catch(() => {});
    }
    carts.clear();
  }

  /** Runs `scenario` with a worker over the given ports. */
  async function withWorker<T>(ports: ActivityPorts, scenario: () => Promise<T>): Promise<T> {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: createActivities(ports),
      // Heartbeats are throttled by the wall clock; skipped time would time them out.
      maxHeartbeatThrottleInterval: 1,
      defaultHeartbeatThrottleInterval: 1,
    });
    return await worker.runUntil(async () => {
      try {
        const result = await scenario();
        await replayCarts(histories(), { workflowBundle: await workflowBundle() });
        return result;
      } finally {
        await endCarts();
      }
    });
  }

  function cart(cartId: string, overrides: Partial<CartSettings> = {}) {
    const workflowId = cartWorkflowId(cartId);
    carts.add(workflowId);
    return {
      handle: env.client.workflow.getHandle<typeof cartWorkflow>(workflowId),
      async send(command: ShopperCommand, operationId?: string) {
        await env.client.workflow.signalWithStart(cartWorkflowType, {
          workflowId,
          taskQueue,
          args: [{ cartId, settings: { ...settings, ...overrides } }],
          signal: commandSignals[command.type],
          signalArgs: [envelope(command, operationId)],
        });
      },
      async view() {
        return await env.client.workflow.getHandle(workflowId).query(getCartQuery);
      },
    };
  }
  return { env, withWorker, cart };
}

export type TimeSkippingEnv = Awaited<ReturnType<typeof createTimeSkippingEnv>>;
