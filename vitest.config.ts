import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

/** Tests that need Postgres and Temporal share one of each, started for the run. */
const real = [
  ...['integration', 'replay', 'browser'].map((room) => `test/${room}/**/*.test.ts`),
  'test/chaos/{teeth,short-run}.test.ts',
];

/** Where `.ci/run` wants the results as JSON, beside the usual report. */
const outputFile = process.env['VITEST_JSON'];

export default defineConfig({
  test: {
    reporters: outputFile ? ['default', ['json', { outputFile }]] : ['default'],
    sequence: { sequencer: LongestFirst },
    coverage: { include: ['{src,workflows,activities,drizzle}/**/*.ts'] },
    projects: [
      // Fast when the machine is free; a busy one is no reason to fail.
      { test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: real, testTimeout: 30_000 } },
      {
        test: {
          name: 'real',
          include: real,
          globalSetup: 'test/support/real-services.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          // After the fast ones, so that the two do not slow each other down.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
