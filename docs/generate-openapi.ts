import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { openApiDocument } from '../src/http/document.ts';
import { createFakeApi } from '../test/support/fake-api.ts';

const file = new URL('openapi.json', import.meta.url);

/** The document that the API serves: nothing in it depends on settings or connections. */
export async function openApiFile(): Promise<string> {
  const text = JSON.stringify(openApiDocument(createFakeApi().app));
  const style = await resolveConfig(file);
  return await format(text, { ...style, parser: 'json' });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(file, await openApiFile());
}
