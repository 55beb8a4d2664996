import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createStreamPlaces } from '../../src/http/stream-places.ts';
import { createStreamGauge } from '../../src/metrics/stream-gauge.ts';

it('reports the live streams that are open when it is asked', async () => {
  const registry = new Registry();
  const places = createStreamPlaces({ perCart: 20, perProcess: 100 });
  createStreamGauge(registry, () => places.taken);
  const leave = places.take('cart1', () => {});
  places.take('cart2', () => {});
  expect(await registry.metrics()).toContain('durable_cart_live_streams 2');
  leave();
  expect(await registry.metrics()).toContain('durable_cart_live_streams 1');
});
