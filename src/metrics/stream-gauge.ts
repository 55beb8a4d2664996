import { Gauge, type Registry } from 'prom-client';

/** Live streams that are open in this process, as of the scrape. */
export function createStreamGauge(registry: Registry, openStreams: () => number): void {
  const gauge = new Gauge({
    name: 'durable_cart_live_streams',
    help: 'Live streams that are open in this process',
    registers: [],
    collect() {
      this.set(openStreams());
    },
  });
  registry.registerMetric(gauge);
}
