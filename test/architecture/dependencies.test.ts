import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const rooms = ['src', 'workflows', 'activities', 'drizzle', 'chaos'];

/** Cruises the rooms below `baseDir` with the project's rules. */
async function cruiseBelow(baseDir: string, folders = rooms): Promise<ICruiseResult> {
  const options = await extractDepcruiseOptions(join(root, '.dependency-cruiser.cjs'));
  const { output } = await cruise(folders, { ...options, baseDir, validate: true });
  if (typeof output === 'string') throw new Error(`Expected a result, got ${output}`);
  return output;
}

const violationsOf = ({ summary }: ICruiseResult) =>
  summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);

/** Files that the wrong imports below point to, and one import each that is right. */
const innocent = {
  'src/domain/cart.ts': 'export const limits = 1; export interface Cart { id: string }',
  'src/gateway/cart-commands.ts': "export { m } from '../../workflows/cart.messages.ts';",
  'src/read-model/cart-views.ts': 'export const views = 1; export interface Views { id: string }',
  'src/dev/stack.ts': "export { views } from '../read-model/cart-views.ts';",
  'src/composition/create-api.ts': "export { views } from '../read-model/cart-views.ts';",
  'src/http/types.ts': "export type { Views } from '../read-model/cart-views.ts';",
  'src/http/app.ts': "import { Hono } from 'hono'; export const app = Hono;",
  'src/api.ts': "export { views } from './read-model/cart-views.ts';",
  'workflows/cart.messages.ts': "export { limits as m } from '../src/domain/cart.ts';",
  'workflows/proxies.ts': "import type { A } from '../activities/index.ts'; export type B = A;",
  'chaos/world.ts': 'export interface World { apiUrl: string }',
  'chaos/checks/facts.ts': "export type { World } from '../world.ts';",
  'activities/index.ts': 'export const createActivities = 1; export type A = number;',
};

const violations = [
  ['domain-imports-nothing', 'src/domain/a.ts', "import '../../workflows/cart.messages.ts';"],
  ['domain-imports-nothing', 'src/domain/b.ts', "import { randomUUID } from 'node:crypto'; randomUUID();"],
  ['domain-imports-nothing', 'src/domain/c.ts', "import type { A } from '../../activities/index.ts';"],
  ['domain-imports-nothing', 'src/domain/d.ts', "import { z } from 'zod'; z.string();"],
  ['workflows-types-only', 'workflows/a.ts', "import { createActivities } from '../activities/index.ts';"],
  [
    'workflows-types-only',
    'workflows/b.ts',
    "import { type A, createActivities } from '../activities/index.ts';",
  ],
  ['workflows', 'workflows/c.ts', "import { readFile } from 'node:fs/promises';"],
  ['workflows', 'workflows/d.ts', "import { views } from '../src/read-model/cart-views.ts';"],
  ['activities', 'activities/a.ts', "import { views } from '../src/read-model/cart-views.ts';"],
  ['http-types-only', 'src/http/a.ts', "import { views } from '../read-model/cart-views.ts';"],
  ['http', 'src/http/b.ts', "import { m } from '../../workflows/cart.messages.ts';"],
  ['temporal-client-has-few-users', 'src/http/c.ts', "import { Client } from '@temporalio/client';"],
  ['read-model', 'src/read-model/a.ts', "import '../gateway/cart-commands.ts';"],
  ['outbox', 'src/outbox/a.ts', "import '../gateway/cart-commands.ts';"],
  ['metrics', 'src/metrics/a.ts', "import '../http/app.ts';"],
  ['sessions', 'src/sessions/a.ts', "import { limits } from '../domain/cart.ts';"],
  ['reservations', 'src/reservations/a.ts', "import { views } from '../read-model/cart-views.ts';"],
  ['payments', 'src/payments/a.ts', "import { limits } from '../reservations/a.ts';"],
  ['services', 'src/services/a.ts', "import { limits } from '../domain/cart.ts';"],
  ['gateway', 'src/gateway/a.ts', "import { views } from '../read-model/cart-views.ts';"],
  ['platform', 'src/platform/a.ts', "import { limits } from '../domain/cart.ts';"],
  ['dev-stack-is-a-root-of-its-own', 'src/composition/a.ts', "import '../dev/stack.ts';"],
  ['roots-are-not-imported', 'src/composition/b.ts', "import '../api.ts';"],
  ['dev-dependency-in-production', 'src/composition/c.ts', "import fc from 'fast-check';"],
  ['no-tests-in-code', 'src/composition/g.ts', "import '../../chaos/world.ts';"],
  ['chaos-checks', 'chaos/checks/a.ts', "import { limits } from '../../src/domain/cart.ts';"],
  ['chaos-checks', 'chaos/checks/b.ts', "import type { Views } from '../../src/read-model/cart-views.ts';"],
  ['chaos-checks', 'chaos/checks/c.ts', "import { api } from '../../src/api.ts';"],
  ['chaos-knows-no-rules', 'chaos/d.ts', "import { m } from '../src/gateway/cart-commands.ts';"],
  ['not-resolvable', 'src/composition/d.ts', "import './nowhere.ts';"],
  ['no-cycles', 'src/composition/e.ts', "import './f.ts';"],
] as const;

// Hundreds of files are parsed, on a machine that may be busy with the other tests.
const cruiseTimeoutMs = 120_000;

describe('the rooms of the design', () => {
  it('import each other only as the table says', { timeout: cruiseTimeoutMs }, async () => {
    const result = await cruiseBelow(root);
    expect(violationsOf(result)).toEqual([]);
    // With a TypeScript it cannot use, the cruiser finds nothing, and nothing wrong.
    expect(result.summary.totalCruised).toBeGreaterThan(50);
    expect(result.modules.map(({ source }) => source)).toContain('src/domain/decide.ts');
  });
});

describe('the dependency check', () => {
  let folder: string;
  let found: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'durable-cart-rooms-'));
    const files: Record<string, string> = {
      ...innocent,
      ...Object.fromEntries(violations.map(([, path, source]) => [path, source])),
      'src/composition/f.ts': "import './e.ts';",
      'package.json': JSON.stringify({ devDependencies: { 'fast-check': '*' } }),
    };
    for (const [path, source] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), source);
    }
    await mkdir(join(folder, 'drizzle'));
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const { summary } = await cruiseBelow(folder);
    found = summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  }, cruiseTimeoutMs);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(violations)('%s: fails for %s with %s', (rule, path) => {
    expect(found).toContain(`${rule} ${path}`);
  });

  it.each(Object.keys(innocent))('has nothing against %s', (path) => {
    expect(found.filter((violation) => violation.endsWith(` ${path}`))).toEqual([]);
  });
});
