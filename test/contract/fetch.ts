import { findSchemathesis } from './schemathesis.ts';

/** `make` set-up: schemathesis is in place afterwards. */
try {
  await findSchemathesis(console.log);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
