import postgres from 'postgres';

/** What is sold, and for how much: with prices, so that money is to be accounted for. */
const pricesMinor = { apple: 120, pear: 145, plum: 80, fig: 210, quince: 335, cherry: 45, probe: 1 };

/** What shoppers want; `probe` is for the probes alone. */
export const names = ['apple', 'pear', 'plum', 'fig', 'quince', 'cherry'] as const;

export async function stockShelves(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    const rows = Object.entries(pricesMinor).map(([name, unitPriceMinor]) => ({
      name,
      unit_price_minor: unitPriceMinor,
    }));
    await sql`insert into products ${sql(rows)}`;
  } finally {
    await sql.end();
  }
}
