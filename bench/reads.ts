import type { Bench } from './support/bench-stack.ts';
import { compare, drive } from './support/load.ts';
import { comparisonRow, type Row } from './support/rows.ts';
import { get } from './support/shop-client.ts';

const carts = 64;
const aim = { atLeast: 0.8 };

/** Reads as a ratio to bare routes: with one select, with nothing but memory, with no body at all. */
export async function measureReads({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { reads, rounds, concurrency } = sizes;
  const { api, shop, bareHttpUrl } = stack;
  const sessions = await shop.newSessions(carts);
  await drive(carts, concurrency, (i) => shop.addItem(sessions[i]!.path, 'apple'));
  // Then the versions stay as they are.
  await stack.settle();
  const etags = await Promise.all(sessions.map(({ path }) => get(api + path)));

  const read = (call: (cart: number) => Promise<unknown>) => () =>
    drive(reads, concurrency, (i) => call(i % carts));
  const cart = read((i) => get(api + sessions[i]!.path));
  const unchanged = read((i) =>
    get(api + sessions[i]!.path, { status: 304, headers: { 'if-none-match': etags[i]! } }),
  );
  const select = read((i) => get(`${bareHttpUrl}/${sessions[i]!.cartId}`));
  const memory = read((i) => get(`${bareHttpUrl}/memory/${sessions[i]!.cartId}`));
  const nothing = read(() => get(`${bareHttpUrl}/static`, { status: 304 }));

  const rows: Row[] = [];
  for (const { name, ours, bare, ...rest } of [
    { name: '`GET` cart ÷ bare Hono route with one select', ours: cart, bare: select, aim },
    { name: '`304` ÷ bare Hono route that answers `304`', ours: unchanged, bare: nothing, aim },
    { name: '`304` ÷ `GET` cart', ours: unchanged, bare: cart, note: 'both ours' },
    {
      name: 'bare route with one select ÷ bare route from memory',
      ...{ ours: select, bare: memory, note: 'both bare: what a cache could save' },
    },
  ]) {
    rows.push({ ...comparisonRow(await compare(name, { rounds, say, ours, bare })), ...rest });
  }
  return rows;
}
