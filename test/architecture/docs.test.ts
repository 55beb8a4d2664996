import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { transitionsPage } from '../../docs/generate-transitions.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');

/** Folders that come and go with a build or a run: what is named in them is not in the repository. */
const rooms = /^(src|workflows|activities|drizzle|test|bench|docs|docker|infra|\.github|\.ci)\//;
const fileInRoot =
  /^\.?[\w-]+(\.[\w-]+)*\.(ts|cjs|md|json|yml|toml|sql)$|^(Makefile|Dockerfile|\.env\.example)$/;

let targets: ReadonlySet<string>;
let scripts: ReadonlySet<string>;
let pages: readonly string[];

beforeAll(async () => {
  const makefile = await read('Makefile');
  targets = new Set([...makefile.matchAll(/^([a-z]+):/gm)].map(([, target]) => target!));
  scripts = new Set(Object.keys((JSON.parse(await read('package.json')) as { scripts: object }).scripts));
  const found = await readdir(join(root, 'docs'), { recursive: true });
  pages = ['README.md', ...found.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`)];
});

/** What a page names that does not exist. */
function missingIn(page: string, text: string): string[] {
  const folder = dirname(join(root, page));
  const code = [...text.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    ([, block, span]) => block ?? span ?? '',
  );
  const words = code
    .flatMap((piece) => piece.split(/[\s"'(),;|]+/))
    .map((word) => word.replace(/[.:]+$/, ''));
  const links = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
    ([, link]) => link!,
  );
  const named = (pattern: RegExp) =>
    code.flatMap((piece) => [...piece.matchAll(pattern)].map(([, name]) => name!));
  return [
    ...words.filter((word) => rooms.test(word) && !existsSync(join(root, word))),
    ...words.filter(
      (word) => fileInRoot.test(word) && ![root, folder].some((at) => existsSync(join(at, word))),
    ),
    ...links.filter((link) => !existsSync(join(folder, link))),
    ...named(/\bmake ([a-z][\w-]*)/g).filter((target) => !targets.has(target)),
    ...named(/\bnpm run (?:--silent )?([\w:-]+)/g).filter((script) => !scripts.has(script)),
  ];
}

describe('the documentation', () => {
  it('shows the example that is tested', async () => {
    expect(await read('README.md')).toContain(await read('docs/examples/storefront.ts'));
  });

  it('names only paths, make targets and npm scripts that exist', async () => {
    const texts = await Promise.all(pages.map(async (page) => [page, await read(page)] as const));
    expect(pages.length).toBeGreaterThan(10);
    const missing = texts.flatMap(([page, text]) => missingIn(page, text).map((what) => `${page}: ${what}`));
    expect(missing).toEqual([]);
  });

  it('would be caught naming a path, a file, a link, a make target or an npm script that does not exist', () => {
    const text =
      'See `src/nothing.ts`, `nothing.md`, [this](docs/nothing.md), `make nothing` and:\n```sh\nnpm run nothing:else\n```\n';
    expect(missingIn('README.md', text)).toEqual([
      'src/nothing.ts',
      'nothing.md',
      'docs/nothing.md',
      'nothing',
      'nothing:else',
    ]);
  });

  it('shows the transition table that is in force: `npm run docs:transitions` writes it', async () => {
    expect(await read('docs/transitions.md')).toBe(await transitionsPage());
  });

  it('gives the settings in the README the defaults of .env.example', async () => {
    const settings = new Map(
      [...(await read('.env.example')).matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
        name!,
        value!,
      ]),
    );
    const rows = [...(await read('README.md')).matchAll(/^\| `([A-Z_]+)`\s+\|\s+(?:`([^`]*)`)?[^|]*\|/gm)];
    expect(rows.length).toBeGreaterThanOrEqual(12);
    for (const [, name, shown] of rows) expect([name, settings.get(name!)]).toEqual([name, shown ?? '']);
  });
});
