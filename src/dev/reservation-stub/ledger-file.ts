import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { createLedger, type Entry, type Ledger } from './ledger.ts';

export interface LedgerFile {
  ledger: Ledger;
  readonly closed: boolean;
  /** Written before it counts, so that a SIGKILL right after the answer loses nothing. */
  append(entry: Entry): void;
  close(): void;
}

/** A ledger kept in a file of JSON lines; a last line that a kill has torn is dropped. Throws when another line is broken. */
export function openLedgerFile(path: string): LedgerFile {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'a');
  const ledger = createLedger();
  const text = readFileSync(path, 'utf8');
  const complete = text.slice(0, text.lastIndexOf('\n') + 1);
  if (complete.length < text.length) truncateSync(path, Buffer.byteLength(complete));
  for (const [index, line] of complete.split('\n').entries()) {
    if (line !== '') ledger.apply(parse(line, `${path}, line ${index + 1}`));
  }
  let closed = false;
  return {
    ledger,
    get closed() {
      return closed;
    },
    append(entry) {
      // The kernel has it after the write: enough for a killed process, and no disk flush to wait for.
      writeSync(file, `${JSON.stringify(entry)}\n`);
      ledger.apply(entry);
    },
    close() {
      closed = true;
      closeSync(file);
    },
  };
}

function parse(line: string, where: string): Entry {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    throw new Error(`${where} is no ledger entry: move the file away, or name another in RESERVATION_LEDGER`);
  }
}
