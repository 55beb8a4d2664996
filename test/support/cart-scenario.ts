import { createCartLog, openCart, type CartLog } from '../../src/domain/cart-log.ts';
import type { AddItem, NewItem, ShopperCommand } from '../../src/domain/commands.ts';
import { effectsOf, type Effect } from '../../src/domain/reconcile.ts';
import type { EffectResult } from '../../src/domain/settle.ts';

export const ttlMs = 60_000;
export const openedAt = 1_000_000;

let lastOperation = 0;

/** A command envelope with an operation id of its own. */
export const envelope = (command: ShopperCommand, operationId = `op-${++lastOperation}`) => ({
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
export function given(...commands: ShopperCommand[]): CartLog {
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

/** The service says yes to everything. */
export const yes = (effect: Effect): EffectResult =>
  effect.type === 'reserve' ? { status: 'reserved', reservationId: `r-${effect.key}` } : { status: 'done' };

export const outOfStock: EffectResult = { status: 'unavailable', reason: 'out of stock' };
export const noAnswer: EffectResult = { status: 'failed', reason: 'no answer' };
