import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Bundles the compiled workflows once, at build time, so that workers start at once. */
const { code } = await bundleWorkflowCode({
  logger: new DefaultLogger('WARN'),
  workflowsPath: fileURLToPath(new URL('../workflows/index.js', import.meta.url)),
});
await writeFile(new URL('../workflow-bundle.js', import.meta.url), code);
