import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { startChild, type Child } from '../../src/dev/child-process.ts';

/** Runs a built program as a process of its own, for tests that kill it. */
export async function startBuilt(
  script: string,
  env: Record<string, string>,
  onLine: (line: string) => void = () => {},
): Promise<Child> {
  const path = resolve('dist/src', script);
  if (!existsSync(path)) throw new Error(`${path} is missing: run \`make build\` first`);
  return await startChild({
    name: script,
    command: process.execPath,
    args: [path],
    env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'warn', ...env },
    onLine,
  });
}
