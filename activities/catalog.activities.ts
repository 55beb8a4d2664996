import type { Price } from '../src/domain/commands.ts';
import type { Catalog } from './ports.ts';

export function createCatalogActivities(catalog: Catalog) {
  return {
    async priceItems(names: readonly string[]): Promise<Record<string, Price>> {
      return await catalog.prices(names);
    },
  };
}
