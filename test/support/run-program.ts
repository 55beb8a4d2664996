import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

/** Runs `src/<program>` to its end, as `npm run` does; answers its exit code and the lines that it said. */
export async function runProgram(program: string, args: string[], env: Record<string, string>) {
  const command = ['--import', 'tsx', resolve('src', program), ...args];
  const options = { env: { PATH: process.env['PATH'] ?? '', ...env } };
  const ended = await promisify(execFile)(process.execPath, command, options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
  return { code: ended.code, lines: (ended.stdout + ended.stderr).trimEnd().split('\n') };
}
