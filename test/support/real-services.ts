import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { freePort } from '../../src/dev/ports.ts';
import { startTemporalServer } from '../../src/dev/temporal-server.ts';
import { temporalProgram } from './temporal-binary.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    temporalAddress: string;
    bundlePath: string;
  }
}

const host = '127.0.0.1';
const silent = () => {};

/** Real Postgres and a real Temporal server for the whole run; each shop takes its own database and task queue. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-test-'));
  // Postgres runs as a user of its own when the tests run as root.
  await chmod(folder, 0o755);
  const bundlePath = join(folder, 'workflow-bundle.js');
  const stops = [() => rm(folder, { recursive: true, force: true })];
  const stopAll = async () => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    // One after the other: Temporal picks ports of its own, and must find Postgres's taken.
    const postgres = await startEmbeddedPostgres({
      dataDir: join(folder, 'postgres'),
      host,
      port: await freePort(),
      log: silent,
      settings: { fsync: 'off' },
    });
    stops.push(() => postgres.stop());
    const cliPath = await temporalProgram('temporal');
    const temporal = await startTemporalServer({ cliPath, host, port: await freePort(), log: silent });
    stops.push(() => temporal.stop());
    await bundle(bundlePath);
    project.provide('postgresUrl', postgres.url);
    project.provide('temporalAddress', temporal.address);
    project.provide('bundlePath', bundlePath);
    return stopAll;
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function bundle(path: string): Promise<void> {
  const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
  const quiet = {
    trace: silent,
    debug: silent,
    info: silent,
    warn: silent,
    error: console.error,
    log: silent,
  };
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: quiet });
  await writeFile(path, code);
}
