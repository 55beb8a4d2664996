import {
  NativeConnection,
  Runtime,
  type Logger as TemporalLogger,
  type LogLevel,
  type RuntimeOptions,
} from '@temporalio/worker';
import type { TemporalConfig } from '../config.ts';
import type { Logger } from './logger.ts';

/**
 * Routes the SDK's own lines, and those of workflows and activities, to the process's logger.
 * With an address (IP and port) its metrics are served there, at /metrics, for Prometheus.
 */
export function installTemporalRuntime(logger: Logger, metricsAddress?: string): void {
  const write = (level: LogLevel, message: string, meta?: object) => {
    logger[level.toLowerCase() as 'info'](meta ?? {}, message);
  };
  const temporalLogger: TemporalLogger = {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
  // We end the worker ourselves: in order, and only once.
  Runtime.install({ logger: temporalLogger, shutdownSignals: [], ...metricsAt(metricsAddress) });
}

function metricsAt(bindAddress: string | undefined): Pick<RuntimeOptions, 'telemetryOptions'> {
  if (bindAddress === undefined) return {};
  // As Prometheus wants names: base units, counters that say so.
  const prometheus = {
    bindAddress,
    useSecondsForDurations: true,
    unitSuffix: true,
    countersTotalSuffix: true,
  };
  return { telemetryOptions: { metrics: { prometheus } } };
}

const retryMs = 1_000;

/** Tries until Temporal answers or `signal` aborts: a worker may start before its server. */
export async function connectWorker(
  { connection }: TemporalConfig,
  logger: Logger,
  signal: AbortSignal,
): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(connection);
    } catch (error) {
      if (signal.aborted) throw error;
      logger.warn({ address: connection.address, reason: String(error) }, 'Temporal is away, trying again');
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}
