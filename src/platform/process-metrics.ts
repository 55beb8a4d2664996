import { collectDefaultMetrics, type Registry } from 'prom-client';

/** CPU, memory, event loop and garbage collection of this process. Once a process: it starts observers that never end. */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
}
