import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PlantedBug } from './bugs.ts';

const parts = ['src', 'workflows', 'activities', 'drizzle', 'workflow-bundle.js'];

/** A copy of the built service with the bug in it. Inside `dist`, where it finds its packages. */
export async function buildWith(bug: PlantedBug) {
  const folder = await mkdtemp(resolve('dist', 'planted-'));
  for (const part of parts) await cp(resolve('dist', part), join(folder, part), { recursive: true });
  const file = join(folder, bug.file);
  await writeFile(file, plant(bug, await readFile(file, 'utf8')));
  return {
    workerScript: join(folder, 'src/worker.js'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Throws unless the place is there exactly once: a bug that is not planted would be caught by nothing. */
export function plant({ name, file, find, replace }: PlantedBug, source: string): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`"${name}" has ${places} places in ${file}, and must have one`);
  return source.replace(find, () => replace);
}
