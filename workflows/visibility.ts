import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Cart } from '../src/domain/cart.ts';
import { toCartView, type CartView, type ItemView } from '../src/domain/cart-view.ts';
import { totalsOf } from '../src/domain/totals.ts';
import { cartSearchAttributes } from './cart.messages.ts';

/** What an operator sees of a cart in the Temporal Web UI. */
export function createVisibility() {
  let indexed: { status: string; totalMinor: number } | undefined;

  function index(cart: Cart) {
    const { status } = cart;
    const { totalMinor } = totalsOf(cart.lines);
    if (indexed?.status === status && indexed.totalMinor === totalMinor) return;
    indexed = { status, totalMinor };
    upsertSearchAttributes(searchAttributesOf(cart));
  }

  return {
    /** Costs a history event when something changed: called when a timer is set, so at most once per idle time. */
    index,
    /** The details are free; the search attributes follow the status at once. */
    show(cart: Cart) {
      setCurrentDetails(toMarkdown(toCartView(cart)));
      if (indexed && indexed.status !== cart.status) index(cart);
    },
  };
}

export function searchAttributesOf(cart: Cart) {
  return [
    { key: cartSearchAttributes.status, value: cart.status },
    { key: cartSearchAttributes.totalMinor, value: totalsOf(cart.lines).totalMinor },
  ];
}

export function toMarkdown(view: CartView): string {
  const { totals, currency } = view;
  const head = `**${view.status}** · ${totals.itemCount} items · ${money(totals.totalMinor, currency)} · version ${view.version} · expires ${view.expiresAt}`;
  if (view.items.length === 0) return `${head}\n\nThe cart is empty.`;
  const rows = view.items.map((item) => row(item, currency));
  return [head, '', '| item | quantity | price | reservation |', '|---|---:|---:|---|', ...rows].join('\n');
}

function row({ name, quantity, lineTotalMinor, reservation }: ItemView, currency: string): string {
  const note = reservation.reason ?? reservation.reservationId ?? '';
  const cells = [
    escape(name),
    quantity,
    money(lineTotalMinor, currency),
    `${reservation.status} ${escape(note)}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

const money = (minor: number, currency: string): string => `${minor} minor ${currency}`;
/** Names come from shoppers: they must not break out of their table cell. */
const escape = (text: string): string => text.replace(/[\\|`<>[\]*_]/g, (mark) => `\\${mark}`);
