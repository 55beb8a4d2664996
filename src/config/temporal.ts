import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { flag, optionalText, text, type SettingsReader } from './settings.ts';

type EnvConnection = ClientConnectConfig['connectionOptions'];

export interface TemporalConfig {
  address: string;
  namespace: string;
  taskQueue: string;
  /** For `Connection.connect` and `NativeConnection.connect`. */
  connection: { address: string } & {
    [Option in 'tls' | 'apiKey' | 'metadata']?: NonNullable<EnvConnection[Option]>;
  };
}

const DEFAULT_ADDRESS = '127.0.0.1:7233';
const DEFAULT_NAMESPACE = 'default';

const FILES = [
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
] as const;

/** The standard TEMPORAL_* variables; `TEMPORAL_GRPC_META_<HEADER>` is read too. */
export const temporalSettings = {
  TEMPORAL_ADDRESS: optionalText(),
  TEMPORAL_NAMESPACE: optionalText(),
  TEMPORAL_TASK_QUEUE: text({ default: 'carts', mend: 'use the name of the task queue' }),
  TEMPORAL_PROFILE: optionalText(),
  TEMPORAL_CONFIG_FILE: optionalText(),
  TEMPORAL_API_KEY: optionalText(),
  TEMPORAL_TLS: flag(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: optionalText(),
  TEMPORAL_TLS_CLIENT_CERT_DATA: optionalText(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: optionalText(),
  TEMPORAL_TLS_CLIENT_KEY_DATA: optionalText(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: optionalText(),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: optionalText(),
  TEMPORAL_TLS_SERVER_NAME: optionalText(),
};

/** Address, namespace, TLS and API key from the environment and its profile file (read at call time). */
export function readTemporal(reader: SettingsReader): TemporalConfig {
  const settings = reader.read(temporalSettings);
  const unreadable = FILES.filter((name) => !isReadable(reader.env[name]));
  for (const name of unreadable) reader.problem(name, 'no such readable file; correct the path or unset it');
  checkClientCertificate(reader);

  const { connectionOptions, namespace } = unreadable.length > 0 ? EMPTY : loadProfile(reader);
  const address = connectionOptions.address ?? DEFAULT_ADDRESS;
  if (!/^(\[[^\]]+\]|[^\s:/]+):\d+$/.test(address)) {
    reader.problem('TEMPORAL_ADDRESS', 'use host:port, without a scheme');
  }
  const { tls, apiKey, metadata } = connectionOptions;
  return {
    address,
    namespace: namespace ?? DEFAULT_NAMESPACE,
    taskQueue: settings.TEMPORAL_TASK_QUEUE,
    connection: {
      address,
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    },
  };
}

const EMPTY: ClientConnectConfig = { connectionOptions: {} };

function loadProfile(reader: SettingsReader): ClientConnectConfig {
  try {
    return loadClientConnectConfig({
      overrideEnvVars: reader.env as Record<string, string>,
      // The usual way to say "no file, not even the one in my home"; the SDK cannot read an empty one.
      disableFile: reader.env['TEMPORAL_CONFIG_FILE'] === devNull,
    });
  } catch (error) {
    // Only the first line: a TOML error goes on to quote the file, API key and all.
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    const name = reader.env['TEMPORAL_PROFILE'] === undefined ? 'TEMPORAL_CONFIG_FILE' : 'TEMPORAL_PROFILE';
    reader.problem(name, `the Temporal client configuration cannot be loaded: ${reason}`);
    return EMPTY;
  }
}

/** Half a pair would be dropped in silence, and the connection made without a client certificate. */
function checkClientCertificate(reader: SettingsReader): void {
  const given = (part: string): string | undefined =>
    [`TEMPORAL_TLS_CLIENT_${part}_PATH`, `TEMPORAL_TLS_CLIENT_${part}_DATA`].find((name) => reader.env[name]);
  const [certificate, key] = [given('CERT'), given('KEY')];
  if (certificate && !key) reader.problem('TEMPORAL_TLS_CLIENT_KEY_PATH', `needed beside ${certificate}`);
  if (key && !certificate) reader.problem('TEMPORAL_TLS_CLIENT_CERT_PATH', `needed beside ${key}`);
}

function isReadable(path: string | undefined): boolean {
  if (path === undefined) return true;
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch {
    return false;
  }
}
