import { findLine, type Cart } from './cart.ts';
import { isPlacing } from './cart-orders.ts';
import type { PlaceOrderEffect } from './effects.ts';
import type { Fact } from './events.ts';
import type { PriceChange } from './order.ts';
import type { EffectResult } from './effect-result.ts';

/** The order book has answered: the checkout that asked may be over by now. */
export function settlePlacing(
  cart: Cart,
  effect: PlaceOrderEffect,
  result: EffectResult,
  at: number,
): Fact[] {
  const { draft } = effect;
  if (cart.pendingOrder?.orderId !== draft.orderId) return [];
  const isWaiting = cart.status === 'checking_out' && isPlacing(cart);
  switch (result.status) {
    case 'placed': {
      const { order } = result;
      const placed: Fact = { type: 'OrderPlaced', order, payBy: at + draft.payWithinMs };
      return isWaiting ? [placed] : [placed, { type: 'OrderCancelled', orderId: order.orderId }];
    }
    case 'repriced': {
      const { changes } = result;
      const refused = [...repriced(cart, changes), ...orderRefused];
      return isWaiting ? [...refused, rejected({ code: 'price_changed', changes })] : refused;
    }
    case 'unknown_product': {
      const { names } = result;
      return isWaiting ? [...orderRefused, rejected({ code: 'unknown_product', names })] : orderRefused;
    }
    default:
      return [];
  }
}

const orderRefused: Fact[] = [{ type: 'OrderRefused' }];

type CheckoutRejected = Fact & { type: 'CheckoutRejected' };

const rejected = (rejection: CheckoutRejected['rejection']): Fact => ({
  type: 'CheckoutRejected',
  rejection,
});

function repriced(cart: Cart, changes: readonly PriceChange[]): Fact[] {
  return changes
    .filter(({ itemId }) => findLine(cart, itemId))
    .map(({ itemId, newUnitPriceMinor: unitPriceMinor }) => ({
      type: 'ItemRepriced',
      itemId,
      unitPriceMinor,
    }));
}
