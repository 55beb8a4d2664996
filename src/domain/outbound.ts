import type { Cart } from './cart.ts';
import { findOrder } from './cart-orders.ts';
import { actorOf, type CartEvent } from './events.ts';
import type { PlacedOrder } from './order.ts';
import type { CartSave } from './persistence.ts';
import { totalsOf, type Totals } from './totals.ts';

/** What other systems hear of carts and orders; documented in docs/webhooks.md. Only ever add to it. */
export type OutboundEvent = CartNews | OrderNews;
export type OutboundType = OutboundEvent['type'];

interface NewsCore {
  /** The same whenever the event is told: receivers know by it what they have heard before. */
  eventId: string;
  /** When it happened, RFC 3339 UTC. */
  timestamp: string;
  cartId: string;
}

interface CartNews extends NewsCore {
  type: 'cart.abandoned' | 'cart.recovered';
  data: CartData;
}

interface OrderNews extends NewsCore {
  type: 'order.placed' | 'order.paid';
  data: OrderData;
}

interface CartData extends Wares {
  cartId: string;
  /** Of the cart that is shown: later than the event when Postgres was away meanwhile. */
  version: number;
}

interface OrderData extends Wares {
  orderId: string;
  orderNumber: string;
  cartId: string;
  /** Once it is paid. */
  paymentId?: string;
}

interface Wares {
  currency: string;
  totals: Totals;
  items: OutboundItem[];
}

interface OutboundItem {
  name: string;
  quantity: number;
  unitPriceMinor: number;
}

type OrderFacts = Pick<PlacedOrder, 'orderId' | 'orderNumber' | 'currency' | 'totals' | 'items'>;

/** What of a save is told; `booked`: the orders that are paid in it, a cart does not remember their items. */
export function outboundEvents(
  { cart, events }: Pick<CartSave, 'cart' | 'events'>,
  booked: readonly OrderFacts[] = [],
): OutboundEvent[] {
  return events.flatMap((event, index): OutboundEvent[] => {
    switch (event.type) {
      case 'CartAbandoned':
        return [{ ...newsOf(cart, event), type: 'cart.abandoned', data: cartData(cart) }];
      case 'CartResumed':
        return [{ ...newsOf(cart, event), type: 'cart.recovered', data: cartData(cart) }];
      case 'OrderPlaced': {
        if (wasNeverLive(cart, event, events[index + 1])) return [];
        return [{ ...newsOf(cart, event), type: 'order.placed', data: orderData(cart, event.order) }];
      }
      case 'OrderPaid': {
        const { orderId, paymentId } = event;
        const order = booked.find((candidate) => candidate.orderId === orderId) ?? remembered(cart, orderId);
        const data = { ...orderData(cart, order), paymentId };
        return [{ ...newsOf(cart, event), type: 'order.paid', data }];
      }
      default:
        return [];
    }
  });
}

/** Orders whose items have to come from the order book. */
export const paidOrderIds = (events: readonly CartEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'OrderPaid' ? [event.orderId] : []));

function newsOf({ cartId }: Cart, { version, at }: CartEvent): NewsCore {
  return { eventId: `evt_${cartId}_${version}`, timestamp: new Date(at).toISOString(), cartId };
}

/** Its checkout was given up before the order book answered: it is cancelled with the same step. */
function wasNeverLive(
  cart: Cart,
  placed: CartEvent & { type: 'OrderPlaced' },
  next: CartEvent | undefined,
): boolean {
  const { orderId } = placed.order;
  // The last event of a full save: the one that follows is in the next save.
  if (!next) return findOrder(cart, orderId)?.status === 'cancelled';
  const isCancelled = next.type === 'OrderCancelled' && next.orderId === orderId;
  return isCancelled && next.operationId === placed.operationId && actorOf(next) === actorOf(placed);
}

function cartData({ cartId, currency, version, lines }: Cart): CartData {
  return { cartId, version, currency, totals: totalsOf(lines), items: lines.map(toItem) };
}

function orderData({ cartId }: Cart, order: OrderFacts): OrderData {
  const { orderId, orderNumber, currency, totals, items } = order;
  return { orderId, orderNumber, cartId, currency, totals, items: items.map(toItem) };
}

/** An order book that was restored to an earlier day may lack the order: its news are told all the same. */
function remembered(cart: Cart, orderId: string): OrderFacts {
  const order = findOrder(cart, orderId);
  const itemCount = order?.wanted.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  const totals = { itemCount, totalMinor: order?.totalMinor ?? 0 };
  return { orderId, orderNumber: order?.orderNumber ?? '', currency: cart.currency, totals, items: [] };
}

const toItem = ({ name, quantity, unitPriceMinor }: OutboundItem): OutboundItem => ({
  name,
  quantity,
  unitPriceMinor,
});
