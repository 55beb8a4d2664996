import { LRUCache } from 'lru-cache';
import { CartBusyError } from './cart-busy.ts';

/** What Temporal says of a cart's run. */
export interface RunState {
  /** Since when its oldest workflow task waits or is under way, ms since the epoch; undefined: there is none. */
  taskSince: number | undefined;
  /** How often that task has been tried. */
  taskAttempt: number;
  historyBytes: number;
  historyEvents: number;
}

export interface BacklogOptions {
  /** Undefined where the cart does not run. */
  runStateOf: (cartId: string) => Promise<RunState | undefined>;
  now?: () => number;
}

/**
 * A healthy cart is asked about once in so many commands: that costs next to nothing. All that wait come in one
 * activation, a millisecond of CPU each, and one of five seconds ends the worker's process.
 */
const askEvery = { commands: 100, bytes: 128 * 1024 };
/** A workflow task takes tens of milliseconds; one that is this old has no worker, or fails. */
const behindAfterMs = 5_000;
const attemptsAtMost = 3;
/**
 * A run hands over long before, and Temporal ends one at 50 MiB or 51,200 events. One between has too much that
 * waits to be decided, or, with Postgres away, to be written.
 */
const historyAtMost = { bytes: 24 * 1_048_576, events: 40_000 };
const refuseForMs = 2_000;
const rememberedCarts = 10_000;

interface Gauge {
  commands: number;
  bytes: number;
  refusedUntil: number;
  /** One question at a time for all that wait for its answer. */
  asking?: Promise<boolean>;
}

/**
 * Keeps commands from piling up in a cart that nobody works on: past Temporal's limits its run would be ended, and
 * all that waits in it has to fit into the next run's start.
 */
export function createBacklog({ runStateOf, now = Date.now }: BacklogOptions) {
  const gauges = new LRUCache<string, Gauge>({
    max: rememberedCarts,
    memoMethod: () => ({ commands: 0, bytes: 0, refusedUntil: 0 }),
  });

  async function isBehind(cartId: string): Promise<boolean> {
    // Not to know is no reason to refuse: what was sent before has arrived.
    const run = await runStateOf(cartId).catch(() => undefined);
    if (!run) return false;
    const isLong = run.historyBytes > historyAtMost.bytes || run.historyEvents > historyAtMost.events;
    const isOld = run.taskSince !== undefined && now() - run.taskSince > behindAfterMs;
    return isLong || isOld || run.taskAttempt > attemptsAtMost;
  }

  async function ask(cartId: string, gauge: Gauge): Promise<boolean> {
    const behind = await isBehind(cartId);
    if (behind) gauge.refusedUntil = now() + refuseForMs;
    else Object.assign(gauge, { commands: 0, bytes: 0 });
    delete gauge.asking;
    return behind;
  }

  /** Before a command of this size is sent. @throws CartBusyError when the cart does not keep up */
  return async function admit(cartId: string, bytes: number): Promise<void> {
    const gauge = gauges.memo(cartId);
    const waitMs = gauge.refusedUntil - now();
    if (waitMs > 0) throw new CartBusyError(waitMs);
    gauge.commands += 1;
    gauge.bytes += bytes;
    if (gauge.commands <= askEvery.commands && gauge.bytes <= askEvery.bytes) return;
    gauge.asking ??= ask(cartId, gauge);
    if (await gauge.asking) throw new CartBusyError(refuseForMs);
  };
}
