import { createCartWorker } from './composition/create-worker.ts';
import { startWebhookRelay } from './composition/start-webhook-relay.ts';
import { loadWorkerConfig, processEnvironment } from './config.ts';
import { createLogger } from './platform/logger.ts';
import { runMain } from './platform/main.ts';
import { aborted, shutdownSignal } from './platform/shutdown.ts';
import { connectWorker, installTemporalRuntime } from './platform/temporal-worker.ts';
import { forgetOldOperations } from './read-model/operation-retention.ts';

const retentionEveryMs = 3_600_000;

await runMain(async () => {
  const config = loadWorkerConfig(processEnvironment());
  const logger = createLogger({ level: config.logLevel, service: 'worker' });
  const stop = shutdownSignal(logger);
  installTemporalRuntime(logger, config.worker.metricsAddress);
  const connection = await connectWorker(config.temporal, logger, stop);
  const { worker, database, close } = await createCartWorker(config, connection);

  const forget = () => {
    forgetOldOperations(database).catch((error: unknown) =>
      logger.warn({ err: error }, 'old operations could not be forgotten'),
    );
  };
  forget();
  const retention = setInterval(forget, retentionEveryMs);
  const relay = startWebhookRelay(config, { connection, database, logger });
  void aborted(stop).then(() => worker.shutdown());
  const { taskQueue } = config.temporal;
  logger.info({ taskQueue, ...config.worker.version }, 'worker runs');

  await worker.run();
  clearInterval(retention);
  await relay.stop();
  await connection.close();
  await close();
});
