import { inArray } from 'drizzle-orm';
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../../activities/ports.ts';
import { products } from '../../drizzle/schema.ts';
import type { Price } from '../domain/commands.ts';
import type { Database } from '../platform/database.ts';

export interface CatalogOptions {
  /** `open`: a name the table does not have costs nothing. `strict`: it is unknown. */
  mode: 'open' | 'strict';
  /** How long a price is remembered; 0 asks each time. A change of price is found at checkout all the same. */
  cacheMs: number;
}

const cachedNames = 10_000;

/** Prices from the `products` table. */
export function createCatalog(database: Database, { mode, cacheMs }: CatalogOptions): Catalog {
  // The library takes a ttl of 0 as "for ever".
  const cache = cacheMs > 0 ? new LRUCache<string, Price>({ max: cachedNames, ttl: cacheMs }) : undefined;
  const unlisted: Price = mode === 'open' ? { status: 'known', unitPriceMinor: 0 } : { status: 'unknown' };

  async function fetchPrices(names: readonly string[]): Promise<[string, Price][]> {
    if (names.length === 0) return [];
    const rows = await database
      .select()
      .from(products)
      .where(inArray(products.name, [...names]));
    const found = new Map(rows.map(({ name, unitPriceMinor }) => [name, unitPriceMinor]));
    return names.map((name) => {
      const unitPriceMinor = found.get(name);
      return [name, unitPriceMinor === undefined ? unlisted : { status: 'known', unitPriceMinor }];
    });
  }

  return {
    async prices(names) {
      const known = new Map<string, Price>();
      const missing: string[] = [];
      for (const name of new Set(names)) {
        const price = cache?.get(name);
        if (price) known.set(name, price);
        else missing.push(name);
      }
      const fetched = await fetchPrices(missing);
      for (const [name, price] of fetched) cache?.set(name, price);
      return Object.fromEntries([...known, ...fetched]);
    },
  };
}
