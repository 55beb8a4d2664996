/** A line of a cart or an order, as far as money goes. */
interface Priced {
  quantity: number;
  unitPriceMinor: number;
}

export interface Totals {
  itemCount: number;
  totalMinor: number;
}

export const lineTotalMinor = (line: Priced): number => line.quantity * line.unitPriceMinor;

export const unitsOf = (lines: readonly { quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0);

export function totalsOf(lines: readonly Priced[]): Totals {
  return {
    itemCount: unitsOf(lines),
    totalMinor: lines.reduce((sum, line) => sum + lineTotalMinor(line), 0),
  };
}
