/** A place where what is stored is not what it should be, as a JSON Pointer; what is absent is `undefined`. */
export interface Difference {
  pointer: string;
  stored: unknown;
  expected: unknown;
}

/** Every place where two documents differ. An absent field and an undefined one are the same. */
export function differencesBetween(stored: unknown, expected: unknown, pointer = ''): Difference[] {
  if (stored === expected) return [];
  if (!isTree(stored) || !isTree(expected) || Array.isArray(stored) !== Array.isArray(expected)) {
    return [{ pointer, stored, expected }];
  }
  const keys = new Set([...Object.keys(stored), ...Object.keys(expected)]);
  return [...keys].flatMap((key) =>
    differencesBetween(fieldOf(stored, key), fieldOf(expected, key), `${pointer}/${escape(key)}`),
  );
}

/** One line for people. */
export function describeDifference({ pointer, stored, expected }: Difference): string {
  return pointer === '' ? 'the row is missing' : `${pointer} is ${show(stored)}, not ${show(expected)}`;
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

const fieldOf = (tree: Tree, key: string): unknown => (Object.hasOwn(tree, key) ? tree[key] : undefined);

/** RFC 6901 */
const escape = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const shownAtMost = 80;

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > shownAtMost ? `${text.slice(0, shownAtMost)}…` : text;
}
