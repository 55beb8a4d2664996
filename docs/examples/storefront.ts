import { createCartClient, createSession } from '../../src/client/index.ts';

export async function buyApples(baseUrl: string) {
  const { sessionId } = await createSession({ baseUrl });
  const cart = createCartClient({ baseUrl, session: sessionId });

  await cart.addItem({ name: 'apple', quantity: 2 });
  for await (const { items } of cart.events()) {
    if (items.every(({ reservation }) => reservation.status === 'reserved')) break;
  }
  return await cart.checkout();
}
