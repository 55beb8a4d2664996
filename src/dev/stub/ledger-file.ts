import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LedgerFile<Entry> {
  readonly closed: boolean;
  /** Written before it counts, so that a SIGKILL right after the answer loses nothing. */
  append(entry: Entry): void;
  close(): void;
}

export interface LedgerFileOptions<Entry> {
  path: string;
  /** Names another file, for the message about a broken one. */
  setting: string;
  /** Gets every entry once, those of earlier runs first. */
  apply: (entry: Entry) => void;
}

/** Books kept in a file of JSON lines; a last line that a kill has torn is dropped. Throws when another line is broken. */
export function openLedgerFile<Entry>({ path, setting, apply }: LedgerFileOptions<Entry>): LedgerFile<Entry> {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  const text = readFileSync(path, 'utf8');
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  if (complete.length < text.length) truncateSync(path, Buffer.byteLength(complete));
  for (const [index, line] of complete.split('\n').entries()) {
    if (line !== '') apply(parse(line, `${path}, line ${index + 1}`, setting) as Entry);
  }
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    append(entry) {
      // The kernel has it after the write: enough for a killed process, and no disk flush to wait for.
      writeSync(file, `${JSON.stringify(entry)}\n`);
      apply(entry);
    },
    close() {
      closed = true;
      closeSync(file);
    },
  };
}

function parse(line: string, where: string, setting: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${where} is no ledger entry: move the file away, or name another in ${setting}`);
  }
}
