import { freePort } from '../src/dev/ports.ts';
import { answers, startBuiltStack } from '../test/support/built-stack.ts';
import { compare, drive, printComparison } from './support/load.ts';
import { createShopClient, get } from './support/shop-client.ts';

const concurrency = 16;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const readsPerRound = Number(process.env['BENCH_READS'] ?? 4_000);
const carts = 64;

/** Reads as a ratio to bare routes: with one select, with nothing but memory, with no body at all. */
const stack = await startBuiltStack({ reservationLatencyMs: 0 });
try {
  const port = await freePort();
  const env = { NODE_OPTIONS: '--import tsx', PORT: String(port) };
  await stack.run('bare http', 'bench/support/bare-http.ts', env);
  const bare = `http://127.0.0.1:${port}`;
  while (!(await answers(`${bare}/livez`))) await new Promise((resolve) => setTimeout(resolve, 100));

  const shop = createShopClient(stack.api);
  const sessions = await Promise.all(Array.from({ length: carts }, shop.newSession));
  for (const { path } of sessions) await shop.addItem(path, 'apple');
  // Until the reservations are in: then the versions stay as they are.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const etags = await Promise.all(sessions.map(({ path }) => get(stack.api + path)));

  const read = (call: (cart: number) => Promise<unknown>) => () =>
    drive(readsPerRound, concurrency, async (i) => void (await call(i % carts)));
  const cart = read((i) => get(stack.api + sessions[i]!.path));
  const unchanged = read((i) =>
    get(stack.api + sessions[i]!.path, { status: 304, headers: { 'if-none-match': etags[i]! } }),
  );
  const select = read((i) => get(`${bare}/${sessions[i]!.cartId}`));
  const memory = read((i) => get(`${bare}/memory/${sessions[i]!.cartId}`));
  const nothing = read(() => get(`${bare}/static`, { status: 304 }));

  for (const [name, ours, other] of [
    ['GET cart ÷ bare route with one select', cart, select],
    ['304 (If-None-Match) ÷ bare route that answers 304', unchanged, nothing],
    ['304 (If-None-Match) ÷ GET cart', unchanged, cart],
    ['bare route with one select ÷ bare route from memory (what a cache could save)', select, memory],
  ] as const) {
    printComparison(await compare(name, rounds, ours, other));
  }
} finally {
  await stack.stop();
}
process.exit(0);
