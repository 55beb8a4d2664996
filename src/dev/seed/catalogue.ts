import { sql } from 'drizzle-orm';
import { products } from '../../../drizzle/schema.ts';
import type { Database } from '../../platform/database.ts';

/** Prices in minor units of the shop's currency. */
const catalogue: Readonly<Record<string, number>> = {
  apple: 45,
  apricot: 60,
  banana: 35,
  blackberry: 320,
  blueberry: 349,
  cherry: 599,
  durian: 2_490,
  fig: 89,
  grape: 279,
  kiwi: 39,
  lemon: 49,
  mango: 219,
  melon: 349,
  orange: 55,
  peach: 75,
  pear: 65,
  pineapple: 299,
  plum: 40,
  quince: 110,
  raspberry: 299,
};

/** Adds what is missing and corrects what differs; other products stay. Returns how many there are in it. */
export async function upsertCatalogue(database: Database): Promise<number> {
  const rows = Object.entries(catalogue).map(([name, unitPriceMinor]) => ({ name, unitPriceMinor }));
  await database
    .insert(products)
    .values(rows)
    .onConflictDoUpdate({
      target: products.name,
      set: { unitPriceMinor: sql`excluded.unit_price_minor`, updatedAt: sql`now()` },
      setWhere: sql`${products.unitPriceMinor} is distinct from excluded.unit_price_minor`,
    });
  return rows.length;
}
