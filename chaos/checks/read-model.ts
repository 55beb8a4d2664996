import { isDeepStrictEqual } from 'node:util';
import { openBooks, sum } from './books.ts';
import type { CartRow, CartState, Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import type { OwnCart } from './replay.ts';

/** Each row is what its workflow has, and what its events make of it. */
export function checkReadModel(facts: Facts): Finding[] {
  const books = openBooks(facts);
  const rows = new Set(facts.carts.map(({ cartId }) => cartId));
  const states = new Map(facts.runs.map(({ workflowId, state }) => [workflowId, state]));
  const found =
    (cartId: string) =>
    (detail: string): Finding => ({ check: 'read-model', cartId, detail });
  return [
    ...facts.carts.flatMap((row) => {
      const differences = [
        ...fromWorkflow(row, states.get(`cart-${row.cartId}`)),
        ...fromReplay(row, books.get(row.cartId)),
        ...fromItems(row),
      ];
      return differences.map(found(row.cartId));
    }),
    ...[...books.keys()].filter((id) => !rows.has(id)).map((id) => found(id)('has events, and no row')),
  ];
}

function fromWorkflow({ state }: CartRow, live: CartState | null | undefined): string[] {
  if (!live || isDeepStrictEqual(state, live)) return [];
  const names = new Set([...Object.keys(state), ...Object.keys(live)]) as Set<keyof CartState>;
  const differing = [...names].filter((name) => !isDeepStrictEqual(state[name], live[name]));
  return [
    `version ${state.version}, its workflow ${live.version}; these differ: ${differing.toSorted().join(', ')}`,
  ];
}

function fromReplay({ version, status, state }: CartRow, own: OwnCart | undefined): string[] {
  if (!own) return ['has no events'];
  if (own.broken !== undefined) return [`its events: ${own.broken}`];
  const lines = linesOf(state.lines);
  return [
    version !== own.version && `version ${version}, its events ${own.version}`,
    status !== own.status && `${status}, by its events ${own.status}`,
    lines !== linesOf(own.lines) && `has ${lines}, by its events ${linesOf(own.lines)}`,
  ].filter((what) => typeof what === 'string');
}

function fromItems({ version, status, state, items, itemCount, totalMinor }: CartRow): string[] {
  const units = sum(items.map(({ quantity }) => quantity));
  const total = sum(items.map(({ quantity, unitPriceMinor }) => quantity * unitPriceMinor));
  return [
    (state.version !== version || state.status !== status) && 'its columns are not those of its state',
    linesOf(items) !== linesOf(state.lines) && `lines ${linesOf(state.lines)}, items ${linesOf(items)}`,
    units !== itemCount && `counts ${itemCount} units, its items ${units}`,
    total !== totalMinor && `has the total ${totalMinor}, its items ${total}`,
  ].filter((what) => typeof what === 'string');
}

const linesOf = (lines: readonly { itemId: string; name: string; quantity: number }[]): string =>
  `[${lines
    .map(({ itemId, name, quantity }) => `${quantity} × ${name} (${itemId})`)
    .toSorted()
    .join(', ')}]`;
