import { Gauge, type Registry } from 'prom-client';
import type { CountedKind, StatusCounts } from '../read-model/status-counts.ts';

export type ReadCounts = () => Promise<StatusCounts | undefined>;

/** Counts of what is open change by the second; those of what has ended grow slowly, and cost more to read. */
export type CountReadings = Record<'open' | 'ended', ReadCounts>;

/**
 * Gauges of what Postgres has by status. `refresh` sets them from the readings and never rejects: a gauge whose
 * reading is missing has no sample, so that nobody takes an old number for a new one.
 */
export function createShopGauges(registry: Registry, readings: CountReadings): { refresh(): Promise<void> } {
  const gaugeOf = <L extends string>(name: string, help: string, label: L) =>
    new Gauge({ name, help, labelNames: [label], registers: [registry] });
  const byKind: Record<CountedKind, Gauge<'status'>> = {
    cart: gaugeOf('durable_cart_carts', 'Carts by status', 'status'),
    order: gaugeOf('durable_cart_orders', 'Orders by status', 'status'),
    webhook: gaugeOf('durable_cart_webhooks', 'Outgoing webhooks in the outbox by status', 'status'),
  };
  const oldest = gaugeOf(
    'durable_cart_oldest_waiting_seconds',
    'Age of the oldest order that waits for its refund, and of the oldest webhook that has not arrived; 0 without one',
    'waiting',
  );
  const up = gaugeOf('durable_cart_counts_up', 'Whether Postgres could be asked for these counts', 'counts');

  function show(counts: StatusCounts | undefined) {
    for (const { kind, status, count } of counts?.counts ?? []) byKind[kind].set({ status }, count);
    for (const { waiting, seconds } of counts?.oldest ?? []) oldest.set({ waiting }, seconds);
  }

  return {
    async refresh() {
      const [open, ended] = await Promise.all([readings.open(), readings.ended()]);
      for (const gauge of [...Object.values(byKind), oldest]) gauge.reset();
      show(open);
      show(ended);
      up.set({ counts: 'open' }, open ? 1 : 0);
      up.set({ counts: 'ended' }, ended ? 1 : 0);
    },
  };
}
