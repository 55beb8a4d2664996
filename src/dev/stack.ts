import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadApiConfig, type DevConfig } from '../config.ts';
import type { Child } from './child-process.ts';
import {
  apiUrlOf,
  checkChildEnv,
  createChildEnv,
  stackSecretsOf,
  type ChildEnv,
  type StackUrls,
} from './child-env.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { apiPart, migrate, stubPart, workerPart, type LineSink } from './parts.ts';
import { connectHost, portProblems, type PortClaim } from './ports.ts';
import type { Part, Supervisor } from './supervisor.ts';
import { findTemporalProgram } from './temporal-binaries.ts';
import { startTemporalServer } from './temporal-server.ts';

/** The message is for the person at the terminal, one line a problem. */
export class StackError extends Error {
  override name = 'StackError';
}

/** Users before what they use. */
export const STOP_ORDER = ['api', 'worker', 'payments', 'reservations', 'temporal', 'postgres'];

export interface StackOptions {
  config: DevConfig;
  supervisor: Supervisor;
  lines: LineSink;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** Everything but the processes: folder, settings and ports are in order, or it says what is not. */
export async function checkStack(config: DevConfig): Promise<void> {
  await checkDataDir(config.dataDir);
  const placeholders = { databaseUrl: 'postgres://localhost/x', ...addressesOf(config) };
  checkChildEnv(createChildEnv(config, placeholders, stackSecretsOf(config.dataDir)));
  const problems = await portProblems(config.host, portClaims(config));
  if (problems.length > 0) throw new StackError(problems.join('\n'));
}

async function checkDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true });
    await access(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError(`The data folder cannot be used (${reason}): set DATA_DIR to a folder of your own.`);
  }
}

function portClaims({ ports, external }: DevConfig): PortClaim[] {
  const claims: (PortClaim | false)[] = [
    { setting: 'PORT', port: ports.api, part: 'the API' },
    external.temporal === undefined && { setting: 'TEMPORAL_PORT', port: ports.temporal, part: 'Temporal' },
    external.temporal === undefined && {
      setting: 'TEMPORAL_UI_PORT',
      port: ports.temporalUi,
      part: "Temporal's Web UI",
    },
    external.databaseUrl === undefined && {
      setting: 'POSTGRES_PORT',
      port: ports.postgres,
      part: 'Postgres',
    },
    external.reservationUrl === undefined && {
      setting: 'RESERVATION_PORT',
      port: ports.reservation,
      part: 'the reservation stub',
    },
    external.paymentUrl === undefined && {
      setting: 'PAYMENT_PORT',
      port: ports.payment,
      part: 'the payment stub',
    },
  ];
  return claims.filter((claim) => claim !== false);
}

function addressesOf({ host, ports, external }: DevConfig): Omit<StackUrls, 'databaseUrl'> {
  const local = connectHost(host);
  return {
    temporalAddress: external.temporal?.address ?? `${local}:${ports.temporal}`,
    reservationUrl: external.reservationUrl ?? `http://${local}:${ports.reservation}`,
    paymentUrl: external.paymentUrl ?? `http://${local}:${ports.payment}`,
  };
}

/** Starts what is not given from outside, migrates, then starts the worker and the API. */
export async function startStack(options: StackOptions): Promise<StackUrls> {
  const { config, supervisor, lines, signal } = options;
  const { external, dataDir } = config;
  const addresses = addressesOf(config);
  const secrets = stackSecretsOf(dataDir);
  const cliPath = external.temporal === undefined ? await findCli(options) : undefined;
  signal.throwIfAborted();

  let databaseUrl = external.databaseUrl ?? '';
  const postgres = postgresPart(options, (url) => (databaseUrl = url));
  const stubEnv = createChildEnv(config, { databaseUrl, ...addresses }, secrets);
  await allOrErrors([
    external.databaseUrl === undefined && supervisor.start(postgres),
    cliPath !== undefined && supervisor.start(temporalPart(options, cliPath)),
    external.reservationUrl === undefined &&
      supervisor.start(stubPart('reservations', addresses.reservationUrl, stubEnv, lines)),
    external.paymentUrl === undefined &&
      supervisor.start(stubPart('payments', addresses.paymentUrl, stubEnv, lines)),
  ]);
  signal.throwIfAborted();

  const urls: StackUrls = { databaseUrl, ...addresses };
  const env: ChildEnv = createChildEnv(config, urls, secrets);
  const { temporal } = loadApiConfig(env);
  await migrate(env, lines, signal);
  await allOrErrors([
    supervisor.start(workerPart(temporal, env, lines)),
    supervisor.start(apiPart(apiUrlOf(config), env, lines)),
  ]);
  return urls;
}

function findCli({ config, say, signal }: StackOptions): Promise<string> {
  const cacheDir = resolve('.cache/temporal');
  return findTemporalProgram('temporal', { config: config.binaries, cacheDir, log: say, signal });
}

function postgresPart({ config, lines }: StackOptions, onUrl: (url: string) => void): Part {
  return {
    name: 'postgres',
    signal: 'SIGINT',
    stopDeadlineMs: 20_000,
    async start(onSpawn: (child: Child) => void) {
      const { child, url } = await startEmbeddedPostgres({
        dataDir: join(config.dataDir, 'postgres'),
        port: config.ports.postgres,
        host: config.host,
        log: lines('postgres'),
        onSpawn,
      });
      onUrl(url);
      return child;
    },
  };
}

function temporalPart({ config, lines }: StackOptions, cliPath: string): Part {
  const namespace = config.childEnv['TEMPORAL_NAMESPACE'];
  return {
    name: 'temporal',
    signal: 'SIGTERM',
    stopDeadlineMs: 10_000,
    async start(onSpawn: (child: Child) => void) {
      const { child } = await startTemporalServer({
        cliPath,
        dbFilename: join(config.dataDir, 'temporal', 'temporal.db'),
        host: config.host,
        port: config.ports.temporal,
        uiPort: config.ports.temporalUi,
        namespaces: namespace === undefined ? [] : [namespace],
        log: lines('temporal'),
        onSpawn,
      });
      return child;
    },
  };
}

/** Waits for all of them, so that no start is under way when a failure ends the rest. */
async function allOrErrors(starts: readonly (Promise<void> | false)[]): Promise<void> {
  const results = await Promise.allSettled(starts.filter((start) => start !== false));
  const failures = results.filter((result) => result.status === 'rejected');
  if (failures.length === 0) return;
  const messages = failures.map(({ reason }) => (reason instanceof Error ? reason.message : String(reason)));
  throw new StackError(messages.join('\n'));
}
