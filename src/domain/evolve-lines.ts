import type { Cart, Line } from './cart.ts';
import type { Cause, LineFact } from './events.ts';

export function evolveLines(cart: Cart, event: LineFact & Pick<Cause, 'at'>): Cart {
  switch (event.type) {
    case 'ItemAdded':
      return addToLine(cart, event);
    case 'ItemQuantityChanged': {
      const { quantity, at } = event;
      return withLine(cart, event.itemId, (line) => ({ ...line, quantity, changedAt: at, refusal: null }));
    }
    case 'ItemRepriced': {
      const { unitPriceMinor } = event;
      return withLine(cart, event.itemId, (line) => ({ ...line, unitPriceMinor }));
    }
    case 'ItemRemoved':
      return { ...cart, lines: cart.lines.filter((line) => line.itemId !== event.itemId) };
  }
}

function addToLine(cart: Cart, event: LineFact & { type: 'ItemAdded'; at: number }): Cart {
  const { itemId, name, quantity, unitPriceMinor, at } = event;
  if (!cart.lines.some((line) => line.itemId === itemId)) {
    const times = { addedAt: at, changedAt: at };
    const line = { itemId, name, quantity, unitPriceMinor, ...times, attempts: 0, refusal: null };
    return { ...cart, lines: [...cart.lines, line] };
  }
  return withLine(cart, itemId, (line) => ({
    ...line,
    quantity: line.quantity + quantity,
    unitPriceMinor,
    changedAt: at,
    refusal: null,
  }));
}

/** Also one that waits for the end of a checkout. */
export function withLine(cart: Cart, itemId: string, update: (line: Line) => Line): Cart {
  const updated = (lines: readonly Line[]) =>
    lines.map((line) => (line.itemId === itemId ? update(line) : line));
  const waiting = cart.waiting && { ...cart.waiting, lines: updated(cart.waiting.lines) };
  return { ...cart, lines: updated(cart.lines), waiting };
}
