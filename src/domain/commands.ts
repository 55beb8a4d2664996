import type { MergeRules, OnUnavailable, Parcel } from './cart.ts';
import type { IfMatch } from './precondition.ts';

/** What is asked of a cart. Ids and prices arrive as data. */
export type Command = ExternalCommand | Expire;
export type CommandType = Command['type'];
/** What arrives as a signal. */
export type ExternalCommand = ShopperCommand | PaymentNews | ReceiveLines;
export type ShopperCommand =
  AddItem | ChangeQuantity | RemoveItem | ClearItems | Touch | StartCheckout | CancelCheckout | ClaimCart;

/** All or nothing; a name that is already in the cart adds to its line. */
export interface AddItem {
  type: 'addItem';
  items: readonly NewItem[];
  /** Units that the cart may have in all. Commands that were sent before there was a bound have none. */
  maxUnits?: number;
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
  /** As in `AddItem`: more is refused, less never is. */
  maxUnits?: number;
}

export interface RemoveItem {
  type: 'removeItem';
  itemId: string;
}

export interface ClearItems {
  type: 'clearItems';
}

/** The cart was read: it is not idle. */
export interface Touch {
  type: 'touch';
}

export interface StartCheckout {
  type: 'checkout';
  onUnavailable: OnUnavailable;
  /** How long it waits for reservations that are under way. */
  waitMs: number;
  /** How long its order waits for the payment. */
  payWithinMs: number;
}

export interface CancelCheckout {
  type: 'cancelCheckout';
}

/** A guest has logged in: what is in the cart goes to the user's, and the session ends. */
export interface ClaimCart extends MergeRules {
  type: 'claim';
  toCartId: string;
}

/** Sent by a guest's cart that was claimed to the cart of the user. */
export interface ReceiveLines extends Parcel {
  type: 'receive';
  fromCartId: string;
}

/** A cart is claimed once, so the same for every repeat: the user's cart receives it once. */
export const receiveOperationId = (fromCartId: string): string => `claim-${fromCartId}`;

/** What the payment service says of an order; its amount was compared with the order's at the door. */
export type PaymentNews = PaymentSucceeded | PaymentFailed;

export interface PaymentSucceeded {
  type: 'paymentSucceeded';
  orderId: string;
  paymentId: string;
  amountMinor: number;
}

export interface PaymentFailed {
  type: 'paymentFailed';
  orderId: string;
  paymentId: string;
}

/**
 * The cart's own timer: the deadline of its status may have passed.
 * `early`: an operator cancelled the workflow, so the deadline does not matter.
 */
export interface Expire {
  type: 'expire';
  early: boolean;
}

/** A command on its way to the cart. */
export interface CommandEnvelope<C extends ExternalCommand = ExternalCommand> {
  /** Dedup key: one operation id, one effect. */
  operationId: string;
  /** Digest of the payload: the same operation id with another payload is refused. */
  fingerprint: string;
  command: C;
  /** Absent: whatever the cart's version is. */
  ifMatch?: IfMatch;
}

/** The names whose price the catalogue still has to say. */
export function unpricedNames(command: ExternalCommand): string[] {
  if (command.type !== 'addItem') return [];
  return command.items.filter((item) => item.price.status === 'pending').map((item) => item.name);
}

/** The command with the catalogue's answers put in. */
export function withPrices<C extends ExternalCommand>(
  command: C,
  prices: Readonly<Record<string, Price>>,
): C {
  if (command.type !== 'addItem') return command;
  const items = command.items.map((item) =>
    item.price.status === 'pending' ? { ...item, price: priceIn(prices, item.name) } : item,
  );
  return { ...command, items };
}

/** A name may be any text, also one that every object has. */
export function priceIn(prices: Readonly<Record<string, Price>>, name: string): Price {
  return (Object.hasOwn(prices, name) ? prices[name] : undefined) ?? { status: 'unknown' };
}
