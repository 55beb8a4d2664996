import { cartOfKey, heirOf, openBooks, sum } from './books.ts';
import type { CartRow, Facts, HoldEntry, OrderRow } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';
import type { OwnCart } from './replay.ts';

/** Held as the open carts want it, sold as it is paid, and nothing twice; what has expired is let go in time. */
export function checkHolds(facts: Facts): Finding[] {
  const books = openBooks(facts);
  const rows = new Map(facts.carts.map((row) => [row.cartId, row]));
  const holds = groupBy(facts.holds, ({ key }) => heirOf(books, cartOfKey(key)));
  // Of a cart that was claimed after it had bought something, too.
  const orders = groupBy(facts.orders, ({ cartId }) => heirOf(books, cartId));
  const ids = new Set([...books.keys(), ...holds.keys()]);
  return [
    ...[...ids].flatMap((cartId) =>
      checkHeld(cartId, { own: books.get(cartId), row: rows.get(cartId), holds: holds.get(cartId) ?? [] }),
    ),
    ...[...ids].flatMap((cartId) => checkSold(cartId, orders.get(cartId) ?? [], holds.get(cartId) ?? [])),
    ...unknown(books, facts),
    ...belowZero(facts),
    ...[...books.values()].flatMap((own) => [...late(own, facts), ...overdue(own, facts)]),
  ];
}

const open = new Set(['active', 'checking_out', 'awaiting_payment']);

function checkHeld(
  cartId: string,
  { own, row, holds }: { own: OwnCart | undefined; row: CartRow | undefined; holds: HoldEntry[] },
): Finding[] {
  const isOpen = own !== undefined && open.has(own.status);
  const lines = isOpen ? own.lines : [];
  const waiting = (isOpen && own.waiting?.lines) || [];
  const refused = new Set((row?.state.lines ?? []).filter((line) => line.refusal).map(({ name }) => name));
  const held = unitsByItem(holds.filter(({ state }) => state === 'held').map(named));
  const wanted = unitsByItem(lines);
  const atMost = unitsByItem([...lines, ...waiting]);
  return [...new Set([...held.keys(), ...wanted.keys()])].flatMap((item): Finding[] => {
    const units = held.get(item) ?? 0;
    const most = atMost.get(item) ?? 0;
    // What the service has refused is not held, and the shopper was told.
    const least = refused.has(item) ? 0 : (wanted.get(item) ?? 0);
    const detail = `${units} × ${item} held, ${least === most ? '' : `${least} to `}${most} wanted (${own?.status ?? 'no cart'})`;
    if (units > most) return [{ check: 'leaked', cartId, detail }];
    return units < least ? [{ check: 'stock', cartId, detail }] : [];
  });
}

/** Also of a line that was refused: what was asked for and not heard of must not stand. */
function unknown(books: ReadonlyMap<string, OwnCart>, { holds }: Facts): Finding[] {
  const known = new Set([...books.values()].flatMap((own) => [...own.holds]));
  return holds
    .filter(({ state, key }) => state === 'held' && !known.has(key))
    .map(({ key, quantity, item }) => ({
      check: 'leaked',
      cartId: heirOf(books, cartOfKey(key)),
      detail: `${quantity} × ${item} held under ${key}, of which no cart's events know`,
    }));
}

function checkSold(cartId: string, orders: OrderRow[], holds: HoldEntry[]): Finding[] {
  const itemsOf = (...statuses: string[]) =>
    unitsByItem(orders.filter(({ status }) => statuses.includes(status)).flatMap(({ items }) => items));
  const paid = itemsOf('paid');
  // Of an order that could not be sold whole, the money goes back; a part may have been sold by then.
  const atMost = itemsOf('paid', 'refund_required', 'refunded');
  const sold = unitsByItem(holds.filter(({ state }) => state === 'committed').map(named));
  return [...new Set([...paid.keys(), ...sold.keys()])].flatMap((item): Finding[] => {
    const units = sold.get(item) ?? 0;
    const isPaid = units >= (paid.get(item) ?? 0) && units <= (atMost.get(item) ?? 0);
    const detail = `${units} × ${item} sold, ${paid.get(item) ?? 0} paid`;
    return isPaid ? [] : [{ check: 'stock', cartId, detail }];
  });
}

const belowZero = ({ stock }: Facts): Finding[] =>
  Object.entries(stock)
    .filter(([, { available }]) => available < 0)
    .map(([item, { available }]) => ({ check: 'stock', detail: `${available} × ${item} available` }));

/** Holds that stood when their cart was abandoned, and for longer than they may. */
function late({ cartId, abandoned }: OwnCart, { holds, holdLagMaxMs }: Facts): Finding[] {
  const ofCart = abandoned.length === 0 ? [] : holds.filter(({ key }) => cartOfKey(key) === cartId);
  return abandoned.flatMap(({ at, dueAt }) =>
    ofCart
      .filter((hold) => Date.parse(hold.at) <= at && endOf(hold) > dueAt + holdLagMaxMs)
      .map(({ item, quantity, endedAt }) => ({
        check: 'late' as const,
        cartId,
        detail: `${quantity} × ${item} of a cart that expired at ${iso(dueAt)} ${endedAt ? `ended at ${endedAt}` : 'is still there'}`,
      })),
  );
}

function overdue({ cartId, status, expiresAt }: OwnCart, { readAt, holdLagMaxMs }: Facts): Finding[] {
  if (status !== 'active' || expiresAt + holdLagMaxMs > readAt) return [];
  return [{ check: 'late', cartId, detail: `expired at ${iso(expiresAt)}, and is not abandoned yet` }];
}

const endOf = ({ endedAt }: HoldEntry): number => (endedAt === undefined ? Infinity : Date.parse(endedAt));
const iso = (ms: number): string => new Date(ms).toISOString();

const named = ({ item, quantity }: HoldEntry) => ({ name: item, quantity });

function unitsByItem(all: readonly { name: string; quantity: number }[]): Map<string, number> {
  const groups = groupBy(all, ({ name }) => name);
  return new Map([...groups].map(([name, some]) => [name, sum(some.map(({ quantity }) => quantity))]));
}
