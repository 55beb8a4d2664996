import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildPatched } from './patched-build.ts';

const loop = '        await condition(() => awake);\n';

/**
 * A second build beside the first, whose cart workflow asks for prices at each turn of its loop: histories of the
 * first cannot be replayed by it.
 */
export async function buildChanged() {
  const build = await buildPatched({
    name: 'a call more at each turn',
    file: 'workflows/cart.workflow.js',
    find: loop,
    replace: `${loop}        await durableDatabase.priceItems([]);\n`,
  });
  await promisify(execFile)(process.execPath, [join(build.folder, 'src/build-workflow-bundle.js')]);
  return build;
}

export type ChangedBuild = Awaited<ReturnType<typeof buildChanged>>;
