import { isFrozen, limits, type Cart, type Line, type MergeRule, type MergeRules } from './cart.ts';
import { unitsOf } from './totals.ts';

/** Units that the limits of a line or of the cart have no room for. */
export interface CutOff {
  name: string;
  quantity: number;
}

interface Merged {
  lines: Line[];
  /** The line that a received one has become, by item id; itself unless there was one of its name. */
  itemIdOf: (itemId: string) => string;
  cutOff: CutOff[];
}

const quantityBy: Record<MergeRule, (own: number, received: number) => number> = {
  sum: (own, received) => own + received,
  max: Math.max,
};

/** While a cart is being checked out its lines are frozen: what it receives waits beside them. */
export const linesToMergeInto = (cart: Cart): readonly Line[] =>
  isFrozen(cart) ? (cart.waiting?.lines ?? []) : cart.lines;

/** One line a product, as an add makes them. Each price stays what its shopper was shown; of two, the newer one. */
export function mergeLines(
  own: readonly Line[],
  { lines: received, merge, maxUnits = Infinity }: MergeRules & { lines: readonly Line[] },
  at: number,
): Merged {
  const lines = new Map(own.map((line) => [line.name, line]));
  const itemIds = new Map<string, string>();
  const cutOff: CutOff[] = [];
  let room = Math.max(maxUnits - unitsOf(own), 0);
  for (const line of received) {
    const { name } = line;
    const before = lines.get(name);
    const had = before?.quantity ?? 0;
    const wanted = before ? quantityBy[merge](had, line.quantity) : line.quantity;
    const fits = before !== undefined || lines.size < limits.linesPerCart;
    const quantity = fits ? Math.min(wanted, limits.quantityPerLine, had + room) : 0;
    if (wanted > quantity) cutOff.push({ name, quantity: wanted - quantity });
    if (quantity === 0) continue;
    room -= quantity - had;
    lines.set(name, { ...(before ? joined(before, line, at) : line), quantity });
    if (before) itemIds.set(line.itemId, before.itemId);
  }
  return { lines: [...lines.values()], itemIdOf: (itemId) => itemIds.get(itemId) ?? itemId, cutOff };
}

function joined(own: Line, received: Line, at: number): Line {
  const { unitPriceMinor } = received.changedAt > own.changedAt ? received : own;
  return { ...own, unitPriceMinor, changedAt: at, refusal: null };
}
