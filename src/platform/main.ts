import { ConfigError } from '../config.ts';

/** Runs a process's main function; a problem at start is one clear text, not a stack trace. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    // Open connections would keep a process that has failed alive, and nobody would restart it.
    process.exit(1);
  }
}
