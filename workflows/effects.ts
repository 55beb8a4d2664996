import { ActivityFailure, CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { Effect } from '../src/domain/effects.ts';
import type { EffectResult } from '../src/domain/effect-result.ts';
import type { CartSettings } from '../src/domain/cart-settings.ts';
import { createServiceCalls, noAnswer } from './service-calls.ts';

export interface EffectRunner {
  readonly inFlight: number;
  /** Starts what is wanted and not yet under way, as far as there is room; cancels what is under way and no longer wanted. */
  run(wanted: readonly Effect[]): void;
  cancelUnwanted(wanted: readonly Effect[]): void;
  /** What has come back since the last time, in order. */
  takeResults(): readonly Settled[];
}

interface Settled {
  effect: Effect;
  result: EffectResult;
}

interface Call {
  effects: readonly Effect[];
  scope: CancellationScope;
}

/** Turns the effects a cart wants into activity calls; like signals, results only queue up for the main loop. */
export function createEffectRunner(settings: CartSettings, onResult: () => void): EffectRunner {
  const { callsAtMost = Infinity } = settings;
  const services = createServiceCalls(settings);
  const calls = new Set<Call>();
  let settled: Settled[] = [];

  function start<E extends Effect>(effects: readonly E[], invoke: () => Promise<EffectResult[]>) {
    if (effects.length === 0) return;
    const scope = new CancellationScope({ cancellable: true });
    const call = { effects, scope };
    calls.add(call);
    void scope
      .run(invoke)
      .catch((error: unknown) => effects.map((effect) => failure(effect, error)))
      .then((results) => {
        calls.delete(call);
        settled.push(...effects.map((effect, index) => ({ effect, result: results[index] ?? noAnswer })));
        onResult();
      });
  }

  function cancelUnwanted(wanted: readonly Effect[]) {
    const wantedIds = new Set(wanted.map(({ id }) => id));
    for (const { effects, scope } of calls) {
      if (effects.every(({ id }) => !wantedIds.has(id))) scope.cancel();
    }
  }

  return {
    get inFlight() {
      return calls.size;
    },
    cancelUnwanted,
    takeResults() {
      const taken = settled;
      settled = [];
      return taken;
    },
    run(wanted) {
      cancelUnwanted(wanted);
      const running = new Set([...calls].flatMap(({ effects }) => effects.map(({ id }) => id)));
      const missing = wanted.filter(({ id }) => !running.has(id));
      const reservations = missing.filter((effect) => effect.type === 'reserve');
      start(reservations, () => services.reserve(reservations));
      for (const effect of missing) {
        if (calls.size >= callsAtMost) return;
        if (effect.type !== 'reserve') start([effect], async () => [await services.call(effect)]);
      }
    },
  };
}

function failure(effect: Effect, error: unknown): EffectResult {
  if (!isCancellation(error)) log.warn('Call to another service given up', { error });
  const timedOut = error instanceof ActivityFailure && error.retryState === 'TIMEOUT';
  const answer = timedOut ? 'did not answer in time' : 'does not take this request';
  return { status: 'failed', reason: `The ${serviceOf(effect)} ${answer}` };
}

function serviceOf({ type }: Effect): string {
  switch (type) {
    case 'placeOrder':
      return 'order book';
    case 'requestPayment':
    case 'cancelPayment':
    case 'refund':
      return 'payment service';
    default:
      return 'reservation service';
  }
}
