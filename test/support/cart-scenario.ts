import { createCartLog, openCart, type CartLog } from '../../src/domain/cart-log.ts';
import type { AddItem, ExternalCommand, NewItem, StartCheckout } from '../../src/domain/commands.ts';
import { effectsOf, type Effect } from '../../src/domain/effects.ts';
import type { OrderDraft, PlacedOrder } from '../../src/domain/order.ts';
import type { EffectResult } from '../../src/domain/effect-result.ts';

export const ttlMs = 60_000;
export const openedAt = 1_000_000;

let lastOperation = 0;

/** A command envelope with an operation id of its own. */
export const envelope = (command: ExternalCommand, operationId = `op-${++lastOperation}`) => ({
  operationId,
  fingerprint: JSON.stringify(command),
  command,
});

export const item = (name: string, quantity: number, unitPriceMinor = 100): NewItem => ({
  itemId: `id-${name}`,
  name,
  quantity,
  price: { status: 'known', unitPriceMinor },
});

export const addItem = (...items: NewItem[]): AddItem => ({ type: 'addItem', items });

/** A cart that was just opened. */
export const newCartLog = (): CartLog =>
  createCartLog(openCart({ cartId: 'cart1', currency: 'EUR', ttlMs }, openedAt));

/** Handles the commands one after the other, a second apart. */
export function given(...commands: ExternalCommand[]): CartLog {
  const cartLog = newCartLog();
  commands.forEach((command, index) => cartLog.handle(envelope(command), openedAt + (index + 1) * 1_000));
  return cartLog;
}

/** Answers every call that the cart wants right now. */
export function answer(
  cartLog: CartLog,
  result: (effect: Effect) => EffectResult,
  at = openedAt + 50_000,
): void {
  for (const effect of effectsOf(cartLog.cart)) cartLog.settle(effect, result(effect), at);
}

/** Every service says yes to everything. */
export function yes(effect: Effect): EffectResult {
  switch (effect.type) {
    case 'reserve':
      return { status: 'reserved', reservationId: `r-${effect.key}` };
    case 'placeOrder':
      return { status: 'placed', order: placed(effect.draft) };
    case 'requestPayment':
      return { status: 'requested', paymentId: paymentIdOf(effect.orderId), url: null };
    default:
      return { status: 'done' };
  }
}

/** The draft as the order book gives it back. */
export function placed({ orderId, attempt, currency, items, totals }: OrderDraft): PlacedOrder {
  return { orderId, orderNumber: `DC-${attempt}`, attempt, currency, items, totals };
}

export const paymentIdOf = (orderId: string): string => `pay-${orderId}`;

export const waitMs = 300_000;
export const payWithinMs = 600_000;

export const checkout = (onUnavailable: 'reject' | 'drop' = 'reject'): StartCheckout => ({
  type: 'checkout',
  onUnavailable,
  waitMs,
  payWithinMs,
});

export const paid = (orderId: string, amountMinor = 200, paymentId = paymentIdOf(orderId)) =>
  ({ type: 'paymentSucceeded', orderId, paymentId, amountMinor }) as const;

export const notPaid = (orderId: string, paymentId = paymentIdOf(orderId)) =>
  ({ type: 'paymentFailed', orderId, paymentId }) as const;

/** Answers with yes until the cart wants nothing more. */
export function settleAll(cartLog: CartLog, at = openedAt + 50_000): void {
  for (let round = 0; round < 20 && effectsOf(cartLog.cart).length > 0; round += 1) answer(cartLog, yes, at);
}

/** Two apples held. */
export function held(): CartLog {
  const cartLog = given(addItem(item('apple', 2)));
  answer(cartLog, yes);
  return cartLog;
}

/** The same, with an order that waits for its payment. */
export function ordered(at = openedAt + 60_000): CartLog {
  const cartLog = held();
  cartLog.handle(envelope(checkout()), at);
  settleAll(cartLog, at);
  return cartLog;
}

export const outOfStock: EffectResult = { status: 'unavailable', reason: 'out of stock' };
export const noAnswer: EffectResult = { status: 'failed', reason: 'no answer' };
