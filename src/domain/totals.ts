import type { Line } from './cart.ts';

export interface Totals {
  itemCount: number;
  totalMinor: number;
}

export const lineTotalMinor = (line: Pick<Line, 'quantity' | 'unitPriceMinor'>): number =>
  line.quantity * line.unitPriceMinor;

export function totalsOf(lines: readonly Pick<Line, 'quantity' | 'unitPriceMinor'>[]): Totals {
  return {
    itemCount: lines.reduce((sum, line) => sum + line.quantity, 0),
    totalMinor: lines.reduce((sum, line) => sum + lineTotalMinor(line), 0),
  };
}
