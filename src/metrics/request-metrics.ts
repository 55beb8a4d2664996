import { Counter, Histogram, type Registry } from 'prom-client';

export interface ObservedRequest {
  method: string;
  /** The route's pattern: a path may hold a session id, and labels are kept for ever. */
  route: string;
  status: number;
  durationMs: number;
}

export type ObserveRequest = (request: ObservedRequest) => void;

/** Anybody can send any method: what is none of these is one label. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Up to the longest wait that a client can ask for by default; a command usually takes tens of milliseconds. */
const bucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createRequestMetrics(registry: Registry): ObserveRequest {
  const labelNames = ['method', 'route', 'status'] as const;
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the head of its answer, waits for outcomes included',
    labelNames,
    buckets: bucketsSeconds,
    registers,
  });
  return ({ method, route, status, durationMs }) => {
    const labels = { method: methods.has(method) ? method : 'other', route, status };
    requests.inc(labels);
    durations.observe(labels, durationMs / 1_000);
  };
}
