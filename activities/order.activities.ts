import { priceIn } from '../src/domain/commands.ts';
import type { OrderItem, PlacedOrder, PriceChange } from '../src/domain/order.ts';
import type { Catalog, OrderBook, OrderPlacement } from './ports.ts';

/** `repriced`, `unknown_product`: nothing was written down, the shopper has to look again. */
export type PlaceOrderResult =
  | { status: 'placed'; order: PlacedOrder }
  | { status: 'repriced'; changes: PriceChange[] }
  | { status: 'unknown_product'; names: string[] };

export function createOrderActivities({ orders, catalog }: { orders: OrderBook; catalog: Catalog }) {
  return {
    /** At the prices of this moment. Repeated, it answers with the order that it placed before. */
    async placeOrder(placement: OrderPlacement): Promise<PlaceOrderResult> {
      const standing = await orders.find(placement);
      if (standing) return { status: 'placed', order: standing };
      const { items } = placement.draft;
      const prices = await catalog.prices(items.map(({ name }) => name));
      const names = items.map(({ name }) => name).filter((name) => priceIn(prices, name).status !== 'known');
      if (names.length > 0) return { status: 'unknown_product', names };
      const changes = items.flatMap((item) => changeOf(item, priceIn(prices, item.name)));
      if (changes.length > 0) return { status: 'repriced', changes };
      return { status: 'placed', order: await orders.place(placement) };
    },
  };
}

function changeOf(item: OrderItem, price: ReturnType<typeof priceIn>): PriceChange[] {
  if (price.status !== 'known' || price.unitPriceMinor === item.unitPriceMinor) return [];
  const { itemId, name, unitPriceMinor: oldUnitPriceMinor } = item;
  return [{ itemId, name, oldUnitPriceMinor, newUnitPriceMinor: price.unitPriceMinor }];
}
