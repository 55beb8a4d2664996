import { z } from 'zod';
import {
  count,
  createControlPanel as createPanel,
  faultControls,
  noFaults,
  type ControlPanel as Panel,
} from '../stub/control-panel.ts';

/** What the stub can be told to be: slow, short of stock, forgetful, faulty. */
export const controlSchema = z.strictObject({
  latencyMs: z.int().min(0).max(3_600_000),
  /** Units by item; `*` for every item that is not named. */
  stock: z.record(z.string(), count),
  /** A hold that is made or renewed from now on ends by itself after this time; 0: never. */
  holdTtlMs: z.int().min(0).max(86_400_000),
  ...faultControls,
});

export type Control = z.infer<typeof controlSchema>;
export const controlChange = controlSchema.partial();
export type ControlChange = z.infer<typeof controlChange>;

export const defaultControl: Control = {
  latencyMs: 35_000,
  stock: { '*': 1_000 },
  holdTtlMs: 0,
  ...noFaults,
};

export interface ControlPanel extends Panel<Control> {
  stockOf(item: string): number;
  /** When a hold ends that is made or renewed at this instant. */
  expiryOf(at: string): string | undefined;
}

export function createControlPanel(initial: Control): ControlPanel {
  const panel = createPanel(initial);
  return {
    get current() {
      return panel.current;
    },
    nextFault: panel.nextFault,
    change({ stock, ...rest }) {
      panel.change({ ...rest, stock: { ...panel.current.stock, ...stock } });
    },
    stockOf(item) {
      const { stock } = panel.current;
      // An item may be called `constructor`: only what was set counts.
      return (Object.hasOwn(stock, item) ? stock[item] : stock['*']) ?? 0;
    },
    expiryOf(at) {
      const { holdTtlMs } = panel.current;
      return holdTtlMs === 0 ? undefined : new Date(Date.parse(at) + holdTtlMs).toISOString();
    },
  };
}
