import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { prefixed, readableLine } from './log-lines.ts';
import type { LineSink } from './parts.ts';

// Servers talk a lot, most of it about themselves; all of it is in the log files.
const WORTH_SHOWING: Readonly<Record<string, RegExp>> = {
  postgres: /\b(WARNING|FATAL|PANIC)\b/,
  temporal: /\b(panic|FATAL)\b/i,
};

export interface PartLog {
  lines: LineSink;
  /** From now on only the files: shutting down makes every part complain of the others. */
  quiet(): void;
}

/** Lines of the parts: all of them to `logs/<part>.log`, of this run only; what people need to the terminal. */
export function createPartLog(dataDir: string, say: (line: string) => void): PartLog {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  let isQuiet = false;
  return {
    lines(part) {
      const file = files.get(part) ?? createWriteStream(join(folder, `${part}.log`));
      files.set(part, file);
      return (line) => {
        file.write(`${line}\n`);
        if (!isQuiet && (WORTH_SHOWING[part]?.test(line) ?? true)) say(prefixed(part, readableLine(line)));
      };
    },
    quiet() {
      isQuiet = true;
    },
  };
}
