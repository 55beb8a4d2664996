/** What a shopper, or the cart's own timer, asks of a cart. Ids and prices arrive as data. */
export type Command = ShopperCommand | Expire;
export type CommandType = Command['type'];
export type ShopperCommand = AddItem | ChangeQuantity | RemoveItem | ClearItems;

/** All or nothing; a name that is already in the cart adds to its line. */
export interface AddItem {
  type: 'addItem';
  items: readonly NewItem[];
}

export interface NewItem {
  itemId: string;
  name: string;
  quantity: number;
  price: Price;
}

/** `pending`: the catalogue could not be asked at the door; the workflow asks before it decides. */
export type Price =
  { status: 'known'; unitPriceMinor: number } | { status: 'unknown' } | { status: 'pending' };

export interface ChangeQuantity {
  type: 'changeQuantity';
  itemId: string;
  quantity: number;
}

export interface RemoveItem {
  type: 'removeItem';
  itemId: string;
}

export interface ClearItems {
  type: 'clearItems';
}

/** The cart's own timer. `early`: an operator cancelled the workflow, so the deadline does not matter. */
export interface Expire {
  type: 'expire';
  early: boolean;
}

/** A shopper's command on its way to the cart. */
export interface CommandEnvelope<C extends ShopperCommand = ShopperCommand> {
  /** Dedup key: one operation id, one effect. */
  operationId: string;
  /** Digest of the payload: the same operation id with another payload is refused. */
  fingerprint: string;
  command: C;
}

/** The names whose price the catalogue still has to say. */
export function unpricedNames(command: ShopperCommand): string[] {
  if (command.type !== 'addItem') return [];
  return command.items.filter((item) => item.price.status === 'pending').map((item) => item.name);
}

/** The command with the catalogue's answers put in. */
export function withPrices<C extends ShopperCommand>(command: C, prices: Readonly<Record<string, Price>>): C {
  if (command.type !== 'addItem') return command;
  // A name may be any text, also one that every object has.
  const priceOf = (name: string): Price =>
    (Object.hasOwn(prices, name) ? prices[name] : undefined) ?? { status: 'unknown' };
  const items = command.items.map((item) =>
    item.price.status === 'pending' ? { ...item, price: priceOf(item.name) } : item,
  );
  return { ...command, items };
}
