import { startChild } from './child-process.ts';

const DEADLINE_MS = 300_000;

/**
 * A virtual environment with what `pip install` is told to get; nothing is installed outside `folder`.
 * Throws with the line that says why not.
 */
export async function createVenv(
  folder: string,
  wanted: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await runToEnd('python3', ['-m', 'venv', folder], signal);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...wanted];
  await runToEnd(`${folder}/bin/python3`, pip, signal);
}

async function runToEnd(command: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const child = await startChild({ name: command, command, args });
  const timer = setTimeout(child.kill, DEADLINE_MS);
  signal?.addEventListener('abort', child.kill);
  const { code } = await child.exited;
  clearTimeout(timer);
  signal?.removeEventListener('abort', child.kill);
  if (code !== 0) {
    const lines = child.tail();
    throw new Error(lines.find((line) => line.includes('ERROR')) ?? lines.at(-1) ?? `${command} failed`);
  }
}
