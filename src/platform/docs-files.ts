import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** Swagger UI, as its package ships it: read once, when somebody first asks. */
export function createDocsFiles() {
  const read = (name: string) => readFile(resolve(`swagger-ui-dist/${name}`), 'utf8');
  const files = new Map<string, Promise<string>>();
  return function docsFile(name: 'swagger-ui.css' | 'swagger-ui-bundle.js'): Promise<string> {
    const file = files.get(name) ?? read(name);
    files.set(name, file);
    return file;
  };
}
