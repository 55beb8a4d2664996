import type { ControlPanel } from './control.ts';
import type { DecidePayment } from './outcomes.ts';

/** Decides on a payment by itself, when it is told to: by the control of the moment of the request. */
export type AutoShopper = (paymentId: string) => void;

export function createAutoShopper(deps: {
  control: ControlPanel;
  decide: DecidePayment;
  file: { readonly closed: boolean };
}): AutoShopper {
  return (paymentId) => {
    const { auto, autoDelayMs } = deps.control.current;
    if (auto === 'off') return;
    const timer = setTimeout(() => {
      if (!deps.file.closed) deps.decide(paymentId, auto);
    }, autoDelayMs);
    timer.unref();
  };
}
