import { findLine, limits, type Cart, type Line } from './cart.ts';
import type { AddItem, ChangeQuantity, Command, NewItem, ShopperCommand } from './commands.ts';
import type { Fact } from './events.ts';
import { cartFull, quantityLimit, type Rejection } from './rejections.ts';
import { transitions } from './transitions.ts';

export type Decision =
  { status: 'accepted'; facts: readonly Fact[] } | { status: 'rejected'; rejection: Rejection };

/** What a command makes of a cart: the facts it adds, or the reason it is refused. `now` in ms since the epoch. */
export function decide(cart: Cart, command: Command, now: number): Decision {
  const transition = transitions[cart.status][command.type];
  if (command.type === 'expire') {
    const due = transition === 'abandon' && (command.early || now >= cart.expiresAt);
    return accept(due ? [{ type: 'CartAbandoned' }] : []);
  }
  const decision = apply(cart, command);
  if (transition !== 'resume' || decision.status === 'rejected') return decision;
  return accept([{ type: 'CartResumed' }, ...decision.facts]);
}

function apply(cart: Cart, command: ShopperCommand): Decision {
  switch (command.type) {
    case 'addItem':
      return addItem(cart, command);
    case 'changeQuantity':
      return changeQuantity(cart, command);
    case 'removeItem':
      return onLine(cart, command.itemId, (line) => accept([removed(line)]));
    case 'clearItems':
      return accept(cart.lines.map(removed));
  }
}

function addItem(cart: Cart, { items }: AddItem): Decision {
  const unknown = items.filter((item) => item.price.status !== 'known').map((item) => item.name);
  if (unknown.length > 0) return reject({ code: 'unknown_product', names: [...new Set(unknown)] });

  const quantities = new Map(cart.lines.map((line) => [line.name, line.quantity]));
  const ids = new Map(cart.lines.map((line) => [line.name, line.itemId]));
  const facts: Fact[] = [];
  for (const item of items) {
    const quantity = (quantities.get(item.name) ?? 0) + item.quantity;
    if (quantity > limits.quantityPerLine) return reject(quantityLimit(item.name, quantity));
    quantities.set(item.name, quantity);
    const itemId = ids.get(item.name) ?? item.itemId;
    ids.set(item.name, itemId);
    facts.push(added(item, itemId));
  }
  return quantities.size > limits.linesPerCart ? reject(cartFull()) : accept(facts);
}

function changeQuantity(cart: Cart, { itemId, quantity }: ChangeQuantity): Decision {
  return onLine(cart, itemId, (line) => {
    if (quantity > limits.quantityPerLine) return reject(quantityLimit(line.name, quantity));
    // The same quantity again is how a shopper retries a line that was refused.
    if (quantity === line.quantity && !line.refusal) return accept([]);
    return accept([{ type: 'ItemQuantityChanged', itemId, quantity }]);
  });
}

function onLine(cart: Cart, itemId: string, decideOnLine: (line: Line) => Decision): Decision {
  const line = findLine(cart, itemId);
  return line ? decideOnLine(line) : reject({ code: 'item_not_found', itemId });
}

function added({ name, quantity, price }: NewItem, itemId: string): Fact {
  const unitPriceMinor = price.status === 'known' ? price.unitPriceMinor : 0;
  return { type: 'ItemAdded', itemId, name, quantity, unitPriceMinor };
}

const removed = (line: Line): Fact => ({ type: 'ItemRemoved', itemId: line.itemId });
const accept = (facts: readonly Fact[]): Decision => ({ status: 'accepted', facts });
const reject = (rejection: Rejection): Decision => ({ status: 'rejected', rejection });
