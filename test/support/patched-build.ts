import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A change of the built service, as text. */
export interface BuildPatch {
  name: string;
  /** In the built output; `workflow-bundle.js` has all that runs in workflows. */
  file: string;
  find: string;
  replace: string;
}

const parts = ['src', 'workflows', 'activities', 'drizzle', 'workflow-bundle.js'];

/** A copy of the built service with the change in it. Inside `dist`, where it finds its packages. */
export async function buildPatched(patch: BuildPatch) {
  const folder = await mkdtemp(resolve('dist', 'patched-'));
  for (const part of parts) await cp(resolve('dist', part), join(folder, part), { recursive: true });
  const file = join(folder, patch.file);
  await writeFile(file, applyPatch(patch, await readFile(file, 'utf8')));
  return {
    folder,
    workerScript: join(folder, 'src/worker.js'),
    bundlePath: join(folder, 'workflow-bundle.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Throws unless the place is there exactly once: a change that is not made would be noticed by nothing. */
export function applyPatch({ name, file, find, replace }: BuildPatch, source: string): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`"${name}" has ${places} places in ${file}, and must have one`);
  return source.replace(find, () => replace);
}
