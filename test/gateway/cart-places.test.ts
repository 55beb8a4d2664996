import { describe, expect, it } from 'vitest';
import { CartBusyError } from '../../src/gateway/cart-busy.ts';
import { createCartPlaces } from '../../src/gateway/cart-places.ts';

const soon = 20;
const never = 60_000;

describe("a cart's places", () => {
  it('are for so many commands at once, and the next one waits until one is given back', async () => {
    const places = createCartPlaces({ perCart: 2, keptForMs: never, patienceMs: never });
    const [leave] = await Promise.all([places.take('cart1'), places.take('cart1')]);
    const order: string[] = [];
    const third = places.take('cart1').then(() => order.push('third'));
    await places.take('cart2').then(() => order.push('of another cart'));
    expect(order).toEqual(['of another cart']);
    leave?.();
    await third;
    expect(order).toEqual(['of another cart', 'third']);
  });

  it('are refused as a busy cart when none becomes free in time', async () => {
    const places = createCartPlaces({ perCart: 1, keptForMs: never, patienceMs: soon });
    await places.take('cart1');
    await expect(places.take('cart1')).rejects.toThrow(CartBusyError);
  });

  it('are free again by themselves', async () => {
    const places = createCartPlaces({ perCart: 1, keptForMs: soon, patienceMs: never });
    await places.take('cart1');
    await expect(places.take('cart1')).resolves.toBeTypeOf('function');
  });

  it('are given back once, however often that is said', async () => {
    const places = createCartPlaces({ perCart: 1, keptForMs: never, patienceMs: soon });
    const leave = await places.take('cart1');
    leave();
    leave();
    await places.take('cart1');
    await expect(places.take('cart1')).rejects.toThrow(CartBusyError);
  });
});
