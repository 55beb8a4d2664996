import { resolve } from 'node:path';
import { loadBinariesConfig } from '../../src/config.ts';
import { findTemporalProgram, type TemporalProgram } from '../../src/dev/temporal-binaries.ts';

/** The path of a Temporal program, fetched into the project's cache when this machine has none. */
export const temporalProgram = (program: TemporalProgram): Promise<string> =>
  findTemporalProgram(program, {
    config: loadBinariesConfig(process.env),
    cacheDir: resolve('.cache/temporal'),
    log: console.log,
  });
