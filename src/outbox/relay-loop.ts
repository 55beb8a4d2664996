import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { OutboxRelay } from './relay.ts';

export interface RelayLoopOptions {
  logger: Logger;
  /** Between two looks at an empty outbox; also how late a webhook may leave. */
  pollMs?: number;
}

/** Runs the relay until it is stopped; stopping waits for the batch under way. */
export function startRelayLoop(relay: OutboxRelay, { logger, pollMs = 1_000 }: RelayLoopOptions) {
  const stopping = new AbortController();
  const { signal } = stopping;
  let failing = false;

  async function relayAll() {
    while (!signal.aborted) {
      const { taken } = await relay.relayBatch();
      if (taken === 0) return;
      if (failing) logger.info('webhooks leave the outbox again');
      failing = false;
    }
  }

  async function run() {
    while (!signal.aborted) {
      await relayAll().catch((error: unknown) => {
        // An outage is one line, not one a second.
        if (!failing) logger.warn({ err: error }, 'webhooks wait in the outbox, trying again');
        failing = true;
      });
      // Rejects when it is stopped meanwhile.
      await setTimeout(pollMs, undefined, { signal }).catch(() => {});
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
