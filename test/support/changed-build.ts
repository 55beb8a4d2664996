import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const rooms = ['src', 'workflows', 'activities', 'drizzle'];

const anchor = '        await condition(() => awake);\n';
const change = `${anchor}        await durableDatabase.priceItems([]);\n`;

/**
 * A second build beside the first, whose cart workflow asks for prices at each turn of its loop: histories of the
 * first cannot be replayed by it. Inside `dist`, where it finds its packages.
 */
export async function buildChanged() {
  const folder = await mkdtemp(resolve('dist', 'changed-'));
  for (const room of rooms) await cp(resolve('dist', room), join(folder, room), { recursive: true });
  const workflow = join(folder, 'workflows/cart.workflow.js');
  const source = await readFile(workflow, 'utf8');
  if (!source.includes(anchor))
    throw new Error('The loop of the workflow is not where this change expects it');
  await writeFile(workflow, source.replace(anchor, change));
  await promisify(execFile)(process.execPath, [join(folder, 'src/build-workflow-bundle.js')]);
  return {
    workerScript: join(folder, 'src/worker.js'),
    bundlePath: join(folder, 'workflow-bundle.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export type ChangedBuild = Awaited<ReturnType<typeof buildChanged>>;
