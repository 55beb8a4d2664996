import { measureAdds } from './adds.ts';
import { measureCachedWorkflows } from './cached-workflows.ts';
import { measureCheckout } from './checkout.ts';
import { measureExpiry } from './expiry.ts';
import { measureHistory } from './history.ts';
import { measureOpenCarts } from './open-carts.ts';
import { measureReads } from './reads.ts';
import { measureRecovery } from './recovery.ts';
import { measureReserved } from './reserved.ts';
import { measureSlowService } from './slow-service.ts';
import { measureStreams } from './streams.ts';
import type { Bench } from './support/bench-stack.ts';
import type { Row } from './support/rows.ts';
import { sizes } from './support/sizes.ts';

export interface Topic {
  measure: (bench: Bench) => Promise<Row[]>;
  /** Estimated. */
  seconds: number;
  /** Reads /proc. */
  linuxOnly?: boolean;
}

/** What the estimates are made of: seconds of a quiet machine of two cores. */
const [anAdd, aNewCart, aRead, anOpening] = [0.02, 0.035, 0.0007, 0.015];
const [all, few] = [sizes.rounds + 1, sizes.fewRounds + 1];
const manyOpen = sizes.openCarts.at(-1) ?? 0;

/** On one stack; those that leave it full of open carts on another. */
export const stacks: Record<string, Topic>[] = [
  {
    adds: { measure: measureAdds, seconds: (all + 1) * sizes.adds * (anAdd + aNewCart) * 1.3 },
    reads: { measure: measureReads, seconds: all * sizes.reads * aRead * 8 },
    checkout: { measure: measureCheckout, seconds: few * sizes.checkouts * aNewCart * 5 },
    reserved: { measure: measureReserved, seconds: few * sizes.adds * aNewCart },
    'slow-service': { measure: measureSlowService, seconds: 50 },
    history: { measure: measureHistory, seconds: 25 },
    streams: {
      measure: measureStreams,
      seconds: 20 + few * (2 * sizes.adds * anAdd + sizes.streams * 0.005),
      linuxOnly: true,
    },
    expiry: {
      measure: measureExpiry,
      seconds: sizes.expiringCarts * aNewCart + sizes.expiringAfterMs / 1_000 + 5,
    },
    'cached-workflows': {
      measure: measureCachedWorkflows,
      seconds: 20 + 2 * sizes.cachedCarts * aNewCart,
      linuxOnly: true,
    },
  },
  {
    'open-carts': {
      measure: measureOpenCarts,
      seconds: manyOpen * anOpening + sizes.openCarts.length * few * sizes.adds * anAdd * 1.5,
      linuxOnly: true,
    },
    recovery: { measure: measureRecovery, seconds: 35 + few * 11 },
  },
];
