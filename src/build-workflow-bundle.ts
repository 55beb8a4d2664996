import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/**
 * The SDK takes a stack trace of every promise in a workflow: at the usual ten frames it is a quarter of a worker's
 * CPU time. Four still say where an error was thrown; docs/operations.md says how to have them all.
 */
const stackFrames = 4;

/** Bundles the compiled workflows once, at build time, so that workers start at once. */
const { code } = await bundleWorkflowCode({
  logger: new DefaultLogger('WARN'),
  workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
});
// Here because workflow code cannot: its `Error` is frozen. On the first line, so that the source map stays right.
const bundle = `Error.stackTraceLimit = ${stackFrames}; ${code}`;
await writeFile(new URL('../workflow-bundle.js', import.meta.url), bundle);
