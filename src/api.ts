import { createApi } from './composition/create-api.ts';
import { loadApiConfig, processEnvironment } from './config.ts';
import { startHttpServer } from './platform/http-server.ts';
import { createLogger } from './platform/logger.ts';
import { runMain } from './platform/main.ts';
import { addProcessMetrics } from './platform/process-metrics.ts';
import { aborted, shutdownSignal } from './platform/shutdown.ts';

await runMain(async () => {
  const config = loadApiConfig(processEnvironment());
  const logger = createLogger({ level: config.logLevel, service: 'api' });
  const stop = shutdownSignal(logger);
  const api = createApi(config, logger);
  addProcessMetrics(api.metrics.registry);
  const { host, port, shutdownGraceMs, server: limits } = config.http;
  const server = await startHttpServer({ ...api.serving, host, port, limits });
  logger.info({ url: `http://${host}:${server.port}` }, 'API listens');

  await aborted(stop);
  api.endStreams();
  await server.close(shutdownGraceMs);
  await api.close();
});
