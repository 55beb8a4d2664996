import type { BuildPatch } from '../../test/support/patched-build.ts';
import type { Finding } from '../checks/finding.ts';

/** A guard taken out of the built service: what it would be to have forgotten it. */
export interface PlantedBug extends BuildPatch {
  /** At least one of these has to find it. */
  caughtBy: Finding['check'][];
}

const bundle = 'workflow-bundle.js';

export const plantedBugs = {
  dedupOff: {
    name: 'a command that arrives twice is applied twice',
    file: bundle,
    find: `if (familiarity === 'repeated')`,
    replace: 'if (false)',
    caughtBy: ['doubled'],
  },
  projectionUnguarded: {
    name: 'a save that was overtaken overwrites the newer one',
    file: 'src/read-model/cart-projector.js',
    find: 'where (stored.fence, stored.version) < (excluded.fence, excluded.version)',
    replace: 'where true',
    caughtBy: ['read-model'],
  },
  compensationAfterStep: {
    name: 'only a reservation that was confirmed is remembered for its release',
    file: bundle,
    find: 'refuse(releasing(cart, key, at), askedFor(cart, key), failed(event))',
    replace: 'refuse(withoutHold(cart, key), askedFor(cart, key), failed(event))',
    caughtBy: ['leaked'],
  },
  keyReused: {
    name: 'a line that is reserved anew asks under the key of its first reservation',
    file: bundle,
    find: 'reservationKey(cartId, itemId, attempts + 1)',
    replace: 'reservationKey(cartId, itemId, 1)',
    caughtBy: ['stock'],
  },
  keyPerTry: {
    name: 'each try of a reservation has a key of its own',
    file: 'src/reservations/http-reservation-service.js',
    find: 'body: { item, quantity },\n        key,',
    replace: 'body: { item, quantity },\n        key: `${key}.${performance.now()}`,',
    caughtBy: ['leaked'],
  },
  releaseSkipped: {
    name: 'a release is taken for done and never asked for',
    file: bundle,
    find: 'await activities.release.executeWithOptions({ summary: shorten(item) }, [hold]);',
    replace: '',
    caughtBy: ['leaked'],
  },
} satisfies Record<string, PlantedBug>;
