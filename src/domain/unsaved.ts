import type { Cart } from './cart.ts';
import type { CartEvent } from './events.ts';
import type { CartSave, OperationOutcome } from './persistence.ts';

/** Events and outcomes in one save: keeps its payload far below Temporal's 2 MiB and NOTIFY's 8,000 bytes. */
const entriesPerSave = 150;

export interface UnsavedState {
  events: readonly CartEvent[];
  outcomes: readonly OperationOutcome[];
}

/** What the read model has not been told yet, in order. */
export function createUnsaved(start: UnsavedState) {
  let events = [...start.events];
  let outcomes = [...start.outcomes];
  return {
    addEvents: (added: readonly CartEvent[]) => void events.push(...added),
    addOutcomes: (added: readonly OperationOutcome[]) => void outcomes.push(...added),
    /** The next write, or nothing when all is saved. */
    next(cart: Cart): CartSave | undefined {
      if (events.length === 0 && outcomes.length === 0) return undefined;
      return { cart, events: events.slice(0, entriesPerSave), outcomes: outcomes.slice(0, entriesPerSave) };
    },
    remove(save: CartSave) {
      events = events.slice(save.events.length);
      outcomes = outcomes.slice(save.outcomes.length);
    },
    toState: (): UnsavedState => ({ events, outcomes }),
  };
}
