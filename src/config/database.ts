import type { SettingsReader } from './settings.ts';
import { databaseSettings } from './shards.ts';

export interface DatabaseConfig {
  url: string;
  poolSize: number;
}

export function readDatabase(reader: SettingsReader): DatabaseConfig {
  const settings = reader.read(databaseSettings);
  return { url: settings.DATABASE_URL, poolSize: settings.DATABASE_POOL_SIZE };
}
