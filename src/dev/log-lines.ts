const NAME_WIDTH = 12;
const HIDDEN = new Set(['level', 'time', 'service', 'msg', 'pid', 'hostname', 'err']);

/** Puts the part's name before a line. */
export function prefixed(name: string, line: string): string {
  return `${name.padEnd(NAME_WIDTH)} | ${line}`;
}

/** A JSON log line as one line for people; anything else as it is. */
export function readableLine(line: string): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  const { time, level, msg, err } = entry;
  const clock = typeof time === 'string' ? time.slice(11, 23) : '';
  const details = Object.entries(entry).filter(([key]) => !HIDDEN.has(key));
  const parts = [
    clock,
    typeof level === 'string' && level !== 'info' ? level.toUpperCase() : '',
    typeof msg === 'string' ? msg : '',
    ...details.map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    errorMessage(err),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function errorMessage(err: unknown): string {
  if (typeof err !== 'object' || err === null || !('message' in err)) return '';
  return `(${String(err.message)})`;
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: unknown = JSON.parse(line);
    const isEntry = typeof entry === 'object' && entry !== null && 'msg' in entry && 'level' in entry;
    return isEntry ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
