import { createCartClient, createSession } from '../../src/client/index.ts';
import type { Journal } from '../journal.ts';
import { persist, type Ask, type Patience } from './ask.ts';

export interface Probe {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  journal: Journal;
  ask: Ask;
  patience: Patience;
}

/** How long it takes until a fresh shopper's add is applied, in ms. `undefined` when it never is. */
export async function probe({ baseUrl, fetch, journal, ask, patience }: Probe): Promise<number | undefined> {
  const from = performance.now();
  // The loop that asks again is the probe's own: it shall not wait for the client's.
  const impatient = { baseUrl, fetch, attempts: 1, decideWithinMs: 20_000 };
  const session = await persist(patience, () => createSession(impatient));
  if (!session) return undefined;
  const { sessionId, cart } = session;
  const { cartId } = cart;
  journal.carts.push({ cartId, owner: { session: sessionId }, leftAlone: true });
  const client = createCartClient({ ...impatient, session: sessionId });
  const item = { name: 'probe', quantity: 1 };
  const { outcome } = await ask({ cartId, type: 'addItem', ...item }, (how) => client.addItem(item, how));
  return outcome === 'applied' ? performance.now() - from : undefined;
}
