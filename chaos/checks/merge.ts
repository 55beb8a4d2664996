export interface OwnLine {
  itemId: string;
  name: string;
  quantity: number;
}

export interface Received {
  lines: readonly OwnLine[];
  merge: 'sum' | 'max';
  maxUnits?: number;
}

const linesAtMost = 100;
const unitsOfLineAtMost = 999;

/** How a claimed cart's lines come into a user's, as the API's document has it: by product, as far as there is room. */
export function mergeInto(
  own: readonly OwnLine[],
  { lines, merge, maxUnits = Infinity }: Received,
): OwnLine[] {
  const merged = own.map((line) => ({ ...line }));
  let room = Math.max(maxUnits - merged.reduce((sum, { quantity }) => sum + quantity, 0), 0);
  for (const line of lines) {
    const mine = merged.find(({ name }) => name === line.name);
    const had = mine?.quantity ?? 0;
    const wanted = merge === 'sum' ? had + line.quantity : Math.max(had, line.quantity);
    if (!mine && merged.length >= linesAtMost) continue;
    const quantity = Math.min(wanted, unitsOfLineAtMost, had + room);
    room -= quantity - had;
    if (mine) mine.quantity = quantity;
    else if (quantity > 0) merged.push({ itemId: line.itemId, name: line.name, quantity });
  }
  return merged;
}
