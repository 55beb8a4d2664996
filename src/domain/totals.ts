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

export function totalsOf(lines: readonly Priced[]): Totals {
  return {
    itemCount: lines.reduce((sum, line) => sum + line.quantity, 0),
    totalMinor: lines.reduce((sum, line) => sum + lineTotalMinor(line), 0),
  };
}
