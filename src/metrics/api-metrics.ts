import { Registry } from 'prom-client';
import { createCommandMetrics, type CountCommand } from './command-metrics.ts';
import { createRequestMetrics, type ObserveRequest } from './request-metrics.ts';
import { createShopGauges, type CountReadings } from './shop-gauges.ts';
import { createStreamGauge } from './stream-gauge.ts';

export interface ApiMetrics {
  /** For what the process as a whole adds. */
  registry: Registry;
  observeRequest: ObserveRequest;
  countCommand: CountCommand;
  /** In the text format of Prometheus. Never rejects, and waits for Postgres a short time only. */
  scrape(): Promise<{ contentType: string; body: string }>;
}

/** All metrics of one API, in a registry of its own. */
export function createApiMetrics(readings: CountReadings, openStreams: () => number): ApiMetrics {
  const registry = new Registry();
  createStreamGauge(registry, openStreams);
  const gauges = createShopGauges(registry, readings);
  return {
    registry,
    observeRequest: createRequestMetrics(registry),
    countCommand: createCommandMetrics(registry),
    async scrape() {
      await gauges.refresh();
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
