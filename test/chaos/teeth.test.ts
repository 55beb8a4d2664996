import { resolve } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { checkBooks, type Finding } from '../../chaos/checks/index.ts';
import type { Journal } from '../../chaos/journal.ts';
import { plantedBugs, type PlantedBug } from '../../chaos/planted/bugs.ts';
import type { World } from '../../chaos/world.ts';
import { startBuilt } from '../support/built-process.ts';
import { applyPatch, buildPatched } from '../support/patched-build.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { createStallingNetwork } from '../support/stalling-network.ts';
import { createDirectedShopper } from './directed-shopper.ts';
import { scenes, settingsOf, type Scene } from './scenes.ts';

// They wait most of the time.
vi.setConfig({ maxConcurrency: 6, testTimeout: 120_000 });

interface Play {
  scene: Scene;
  env: Record<string, string>;
}

const keys = Object.keys(plantedBugs) as (keyof typeof plantedBugs)[];
const bugs = keys.map((key): PlantedBug & Play => ({
  ...plantedBugs[key],
  scene: scenes[key],
  env: settingsOf[key] ?? {},
}));

interface Build {
  workerScript: string;
}

const asItIs: Build = { workerScript: resolve('dist/src/worker.js') };

/** Plays the scene with workers of this build; returns what the books say of it afterwards. */
async function play({ scene, env: settings }: Play, build: Build): Promise<Finding[]> {
  const ends: (() => Promise<unknown> | void)[] = [];
  try {
    const startedAtMs = Date.now();
    const shop = await openShop({ worker: false, env: settings });
    // What a planted build has done is no history for this one.
    ends.push(() => shop.close({ replay: false }));
    const network = createStallingNetwork();
    ends.push(() => network.close());
    const env = { ...shop.settings, DATABASE_URL: await network.via(shop.settings.DATABASE_URL) };
    const startWorker = async () => {
      const worker = await startBuilt(build.workerScript, env);
      ends.push(() => worker.stop({ deadlineMs: 100 }));
      return worker;
    };
    const journal: Journal = { commands: [], carts: [] };
    const shopper = await createDirectedShopper(shop.url, journal);
    await scene({ shop, shopper, startWorker, network });
    return await checkBooks(worldOf(shop, startedAtMs), journal, { restWithinMs: 45_000 });
  } finally {
    for (const end of ends.toReversed()) await end();
  }
}

/** Without the bundle: the SDK cannot replay for several tests of one process at once. */
const worldOf = (shop: Shop, startedAtMs: number): World => ({
  apiUrl: shop.url,
  databaseUrl: shop.settings.DATABASE_URL,
  temporalAddress: shop.settings.TEMPORAL_ADDRESS,
  namespace: 'default',
  taskQueue: shop.settings.TEMPORAL_TASK_QUEUE,
  reservationsUrl: shop.stub.url,
  paymentsUrl: shop.payments.url,
  startedAtMs,
  holdLagMaxMs: 20_000,
});

describe('a planted bug is caught', () => {
  it.concurrent.for(bugs)('$name', async (bug) => {
    const build = await buildPatched(bug);
    try {
      const found = await play(bug, build);
      expect(found.map(({ check }) => check)).toEqual(
        expect.arrayContaining([expect.toBeOneOf(bug.caughtBy)]),
      );
    } finally {
      await build.remove();
    }
  });
});

describe('without the bug the same scene is in order', () => {
  it.concurrent.for(bugs)('$name', async (bug) => {
    expect(await play(bug, asItIs)).toEqual([]);
  });
});

it('a bug that has no place, or more than one, is not planted', () => {
  const bug = plantedBugs.dedupOff;
  expect(() => applyPatch(bug, 'something else')).toThrow('0 places');
  expect(() => applyPatch(bug, bug.find + bug.find)).toThrow('2 places');
});
