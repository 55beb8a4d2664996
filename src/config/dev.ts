import { resolve } from 'node:path';
import { readDatabase } from './database.ts';
import { loadConfig, type Env, type SettingsReader } from './settings.ts';
import { binarySettings, devSettings, paymentSettings, reservationSettings } from './shards.ts';
import { readTemporal, type TemporalConfig } from './temporal.ts';

/** Where the Temporal programs may be: explicit paths first, then the folders of `PATH`. */
export interface BinariesConfig {
  cliPath?: string;
  testServerPath?: string;
  searchPath: string;
}

export interface DevConfig {
  host: string;
  ports: Record<'api' | 'temporal' | 'temporalUi' | 'postgres' | 'reservation' | 'payment', number>;
  /** Absolute. */
  dataDir: string;
  /** Parts that are not embedded but used as given. */
  external: {
    databaseUrl?: string;
    temporal?: TemporalConfig;
    reservationUrl?: string;
    paymentUrl?: string;
  };
  binaries: BinariesConfig;
  /** What child processes start from; empty settings are left out. */
  childEnv: Readonly<Record<string, string>>;
}

function readBinaries(reader: SettingsReader): BinariesConfig {
  const settings = reader.read(binarySettings);
  return {
    ...(settings.TEMPORAL_CLI_PATH === undefined ? {} : { cliPath: settings.TEMPORAL_CLI_PATH }),
    ...(settings.TEMPORAL_TEST_SERVER_PATH === undefined
      ? {}
      : { testServerPath: settings.TEMPORAL_TEST_SERVER_PATH }),
    searchPath: reader.env['PATH'] ?? '',
  };
}

export function loadBinariesConfig(env: Env): BinariesConfig {
  return loadConfig(env, readBinaries);
}

const ELSEWHERE = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

function readExternal(reader: SettingsReader): DevConfig['external'] {
  const { DATABASE_URL, RESERVATION_URL, PAYMENT_URL } = reader.env;
  return {
    ...(DATABASE_URL === undefined ? {} : { databaseUrl: readDatabase(reader).url }),
    ...(ELSEWHERE.some((name) => reader.env[name]) ? { temporal: readTemporal(reader) } : {}),
    ...(RESERVATION_URL === undefined
      ? {}
      : { reservationUrl: reader.read(reservationSettings).RESERVATION_URL }),
    ...(PAYMENT_URL === undefined ? {} : { paymentUrl: reader.read(paymentSettings).PAYMENT_URL }),
  };
}

export function loadDevConfig(env: Env): DevConfig {
  return loadConfig(env, (reader) => {
    const settings = reader.read(devSettings);
    return {
      host: settings.HOST,
      ports: {
        api: settings.PORT,
        temporal: settings.TEMPORAL_PORT,
        temporalUi: settings.TEMPORAL_UI_PORT,
        postgres: settings.POSTGRES_PORT,
        reservation: settings.RESERVATION_PORT,
        payment: settings.PAYMENT_PORT,
      },
      dataDir: resolve(settings.DATA_DIR ?? '.'),
      external: readExternal(reader),
      binaries: readBinaries(reader),
      childEnv: { ...reader.env } as Record<string, string>,
    };
  });
}
