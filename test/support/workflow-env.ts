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
} from '../../workflows/cart.messages.ts';
import type { CartSettings } from '../../src/domain/cart-settings.ts';
import type { cartWorkflow } from '../../workflows/index.ts';
import type { CommandEnvelope, ExternalCommand } from '../../src/domain/commands.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { envelope } from './cart-scenario.ts';
import { endAtRest } from './end-at-rest.ts';
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

  /** A cart left open would keep its timers in the clock that all tests of a file share. */
  async function endCarts() {
    for (const workflowId of carts) await endAtRest(env.client.workflow.getHandle(workflowId));
    carts.clear();
  }

  /** Runs `scenario` with a worker over the given ports. `keepCarts`: another worker will go on with them. */
  async function withWorker<T>(
    ports: ActivityPorts,
    scenario: () => Promise<T>,
    { keepCarts = false } = {},
  ): Promise<T> {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      workflowBundle: await workflowBundle(),
      activities: createActivities(ports),
      // The test server would go on asking a worker that is gone for what it had in its cache.
      maxCachedWorkflows: keepCarts ? 0 : 600,
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
        if (!keepCarts) await endCarts();
      }
    });
  }

  /** As the gateway does it. */
  async function signal(cartId: string, sent: CommandEnvelope, cartSettings: CartSettings): Promise<void> {
    const workflowId = cartWorkflowId(cartId);
    carts.add(workflowId);
    await env.client.workflow.signalWithStart(cartWorkflowType, {
      workflowId,
      taskQueue,
      args: [{ cartId, settings: cartSettings }],
      signal: commandSignals[sent.command.type],
      signalArgs: [sent],
    });
  }

  function cart(cartId: string, overrides: Partial<CartSettings> = {}) {
    const workflowId = cartWorkflowId(cartId);
    carts.add(workflowId);
    return {
      handle: env.client.workflow.getHandle<typeof cartWorkflow>(workflowId),
      send: (command: ExternalCommand, operationId?: string) =>
        signal(cartId, envelope(command, operationId), { ...settings, ...overrides }),
      async view() {
        return await env.client.workflow.getHandle(workflowId).query(getCartQuery);
      },
    };
  }
  /** Lets time go on until the cart is as it should be. */
  async function whenCart(
    { view }: Pick<ReturnType<typeof cart>, 'view'>,
    holds: (cart: CartView) => boolean,
  ): Promise<CartView> {
    for (let waited = 0; waited < 1_000; waited += 1) {
      const seen = await view();
      if (seen && holds(seen)) return seen;
      // First the calls under way, by the wall clock; then whatever waits for the server's clock.
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (waited % 10 === 9) await env.sleep('1s');
    }
    throw new Error(`The cart does not get there: ${JSON.stringify(await view())}`);
  }

  return { env, withWorker, cart, signal, whenCart };
}

export type TimeSkippingEnv = Awaited<ReturnType<typeof createTimeSkippingEnv>>;
