import type { Cart } from './cart.ts';
import type { CartEvent } from './events.ts';
import type { CartSave, OperationOutcome } from './persistence.ts';

/** Events and outcomes in one save: keeps its payload far below Temporal's 2 MiB and NOTIFY's 8,000 bytes. */
const entriesPerSave = 150;

export interface UnsavedState {
  events: readonly CartEvent[];
  outcomes: readonly OperationOutcome[];
}

/** What the read model is not known to have. An entry stays here until a save that holds it is confirmed. */
export function createUnsaved(start: UnsavedState) {
  let events = [...start.events];
  let outcomes = [...start.outcomes];
  let fresh: UnsavedState = start;
  let added = 0;

  const isEmpty = (entries: UnsavedState) => entries.events.length === 0 && entries.outcomes.length === 0;
  const headOf = (entries: UnsavedState): UnsavedState => ({
    events: entries.events.slice(0, entriesPerSave),
    outcomes: entries.outcomes.slice(0, entriesPerSave),
  });
  const restOf = (entries: UnsavedState): UnsavedState => ({
    events: entries.events.slice(entriesPerSave),
    outcomes: entries.outcomes.slice(entriesPerSave),
  });

  return {
    /** How many entries there ever were in this run. */
    get added() {
      return added;
    },
    add(more: Partial<UnsavedState>) {
      const { events: newEvents = [], outcomes: newOutcomes = [] } = more;
      added += newEvents.length + newOutcomes.length;
      events.push(...newEvents);
      outcomes.push(...newOutcomes);
      fresh = { events: [...fresh.events, ...newEvents], outcomes: [...fresh.outcomes, ...newOutcomes] };
    },
    /** The next write with what no write has had yet, or nothing. */
    next(cart: Cart): CartSave | undefined {
      if (isEmpty(fresh)) return undefined;
      const save = { cart, ...headOf(fresh) };
      fresh = restOf(fresh);
      return save;
    },
    /** Writes that hold everything unconfirmed: at least one, which has the cart as it is. */
    all(cart: Cart): CartSave[] {
      const saves: CartSave[] = [];
      let rest: UnsavedState = { events, outcomes };
      do {
        saves.push({ cart, ...headOf(rest) });
        rest = restOf(rest);
      } while (!isEmpty(rest));
      fresh = { events: [], outcomes: [] };
      return saves;
    },
    confirm(save: CartSave) {
      const versions = new Set(save.events.map(({ version }) => version));
      const operations = new Set(save.outcomes.map(({ operationId }) => operationId));
      events = events.filter(({ version }) => !versions.has(version));
      outcomes = outcomes.filter(({ operationId }) => !operations.has(operationId));
    },
    toState: (): UnsavedState => ({ events, outcomes }),
  };
}
