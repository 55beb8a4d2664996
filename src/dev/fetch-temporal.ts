import { resolve } from 'node:path';
import { loadBinariesConfig, processEnvironment } from '../config.ts';
import { findTemporalProgram, ProgramNotFoundError } from './temporal-binaries.ts';

/** `make` set-up: both Temporal programs are in place afterwards, for `make run` and for the tests. */
try {
  const config = loadBinariesConfig(processEnvironment());
  for (const program of ['temporal', 'temporal-test-server'] as const) {
    await findTemporalProgram(program, { config, cacheDir: resolve('.cache/temporal'), log: console.log });
  }
} catch (error) {
  if (!(error instanceof ProgramNotFoundError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
