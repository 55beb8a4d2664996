import { ActivityFailure, CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { AdjustEffect, Effect, ReleaseEffect, ReserveEffect } from '../src/domain/reconcile.ts';
import type { EffectResult } from '../src/domain/settle.ts';
import { reservationProxies } from './reservation-proxies.ts';
import type { CartSettings } from './cart.messages.ts';

export interface EffectRunner {
  readonly inFlight: number;
  /** Starts what is wanted and not yet under way, cancels what is under way and no longer wanted. */
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
  const { reserve, adjust, release } = reservationCalls(settings);
  const calls = new Set<Call>();
  let settled: Settled[] = [];

  function start<E extends Effect>(effects: readonly E[], invoke: () => Promise<EffectResult[]>) {
    if (effects.length === 0) return;
    const scope = new CancellationScope({ cancellable: true });
    const call = { effects, scope };
    calls.add(call);
    void scope
      .run(invoke)
      .catch((error: unknown) => effects.map(() => failure(error)))
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
      // Lines that became pending together go to the service in one call.
      const reservations = missing.filter((effect) => effect.type === 'reserve');
      start(reservations, () => reserve(reservations));
      for (const effect of missing) {
        if (effect.type === 'adjust') start([effect], () => adjust(effect));
        if (effect.type === 'release') start([effect], () => release(effect));
      }
    },
  };
}

/** One activity a call, with a summary that reads well in the Web UI. */
function reservationCalls(settings: CartSettings) {
  const activities = reservationProxies(settings);

  async function reserve(effects: readonly ReserveEffect[]): Promise<EffectResult[]> {
    const entries = effects.map(({ key, item, quantity }) => ({ key, item, quantity }));
    const summary = effects.map(({ item, quantity }) => `${quantity} × ${item}`).join(', ');
    const results = await activities.reserve.executeWithOptions({ summary: shorten(summary) }, [entries]);
    const byKey = new Map(results.map((result) => [result.key, result]));
    return effects.map(({ key }) => byKey.get(key) ?? noAnswer);
  }

  async function adjust({
    adjustmentKey: key,
    reservationId,
    quantity,
    item,
  }: AdjustEffect): Promise<EffectResult[]> {
    const summary = shorten(`${item} → ${quantity}`);
    const result = await activities.adjust.executeWithOptions({ summary }, [
      { key, reservationId, quantity },
    ]);
    return [result.status === 'adjusted' ? { status: 'done' } : result];
  }

  async function release({ key, reservationId, item }: ReleaseEffect): Promise<EffectResult[]> {
    const hold = reservationId ? ({ by: 'id', reservationId } as const) : ({ by: 'key', key } as const);
    await activities.release.executeWithOptions({ summary: shorten(item) }, [hold]);
    return [{ status: 'done' }];
  }

  return { reserve, adjust, release };
}

const noAnswer: EffectResult = {
  status: 'failed',
  reason: 'The reservation service did not answer for this item',
};

function failure(error: unknown): EffectResult {
  if (!isCancellation(error)) log.warn('Reservation call given up', { error });
  const timedOut = error instanceof ActivityFailure && error.retryState === 'TIMEOUT';
  const reason = timedOut
    ? 'The reservation service did not answer in time'
    : 'The reservation service does not take this request';
  return { status: 'failed', reason };
}

const shorten = (text: string): string => (text.length <= 180 ? text : `${text.slice(0, 179)}…`);
