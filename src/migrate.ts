import { loadMigrateConfig, processEnvironment } from './config.ts';
import { createLogger } from './platform/logger.ts';
import { runMain } from './platform/main.ts';
import { migrateDatabase } from './platform/migrations.ts';
import { registerSearchAttributes } from './platform/search-attributes.ts';

await runMain(async () => {
  const config = loadMigrateConfig(processEnvironment());
  const logger = createLogger({ level: config.logLevel, service: 'migrate' });
  await migrateDatabase(config.database.url);
  await registerSearchAttributes(config.temporal);
  logger.info('database and search attributes are up to date');
});
