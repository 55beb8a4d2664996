import { findLine, limits, type Cart, type Line } from './cart.ts';
import type { AddItem, ChangeQuantity, NewItem, RemoveItem } from './commands.ts';
import { accept, reject, type Decision } from './decision.ts';
import type { Fact } from './events.ts';
import { cartFull, quantityLimit, unitsLimit } from './rejections.ts';
import { unitsOf } from './totals.ts';

export function addItem(cart: Cart, { items, maxUnits = Infinity }: AddItem): Decision {
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
  if (quantities.size > limits.linesPerCart) return reject(cartFull());
  const units = unitsOf(cart.lines) + unitsOf(items);
  return units > maxUnits ? reject(unitsLimit(units, maxUnits)) : accept(facts);
}

export function changeQuantity(cart: Cart, command: ChangeQuantity): Decision {
  const { itemId, quantity, maxUnits = Infinity } = command;
  return onLine(cart, itemId, (line) => {
    if (quantity > limits.quantityPerLine) return reject(quantityLimit(line.name, quantity));
    // The same quantity again is how a shopper retries a line that was refused.
    if (quantity === line.quantity && !line.refusal) return accept([]);
    const units = unitsOf(cart.lines) - line.quantity + quantity;
    if (quantity > line.quantity && units > maxUnits) return reject(unitsLimit(units, maxUnits));
    return accept([{ type: 'ItemQuantityChanged', itemId, quantity }]);
  });
}

export function removeItem(cart: Cart, { itemId }: RemoveItem): Decision {
  return onLine(cart, itemId, (line) => accept([removed(line)]));
}

export function clearItems(cart: Cart): Decision {
  return accept(cart.lines.map(removed));
}

function onLine(cart: Cart, itemId: string, decideOnLine: (line: Line) => Decision): Decision {
  const line = findLine(cart, itemId);
  return line ? decideOnLine(line) : reject({ code: 'item_not_found', itemId });
}

function added({ name, quantity, price }: NewItem, itemId: string): Fact {
  const unitPriceMinor = price.status === 'known' ? price.unitPriceMinor : 0;
  return { type: 'ItemAdded', itemId, name, quantity, unitPriceMinor };
}

export const removed = ({ itemId }: Line): Fact => ({ type: 'ItemRemoved', itemId });
