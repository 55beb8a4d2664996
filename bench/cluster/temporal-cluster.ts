import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { startChild, waitUntilReady, type Child } from '../../src/dev/child-process.ts';
import { startEmbeddedPostgres } from '../../src/dev/embedded-postgres.ts';
import { freePort, portProblems } from '../../src/dev/ports.ts';
import {
  MAIN_STORE,
  ROLES,
  serverConfig,
  VISIBILITY_STORE,
  type Role,
  type RolePorts,
} from './server-config.ts';
import { runToEnd, type ServerPrograms } from './server-programs.ts';

const namespace = 'default';
const retention = '3 days';
const readyWithinMs = 90_000;

export interface ClusterOptions {
  programs: ServerPrograms;
  /** For its data. */
  folder: string;
  /** Each is one process of each role, on a loopback address of its own. */
  hosts: number;
  historyShards: number;
  /** Of one process, to the main store. */
  connections: number;
}

/**
 * Temporal as in production: its four roles as processes of their own, found by membership, on a Postgres server of
 * their own. Not the shop's: as in production, and so that the CPU time of each can be told.
 */
export async function startTemporalCluster(options: ClusterOptions) {
  const { programs, folder, hosts } = options;
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'temporal-postgres'),
    host: '127.0.0.1',
    port: await freePort(),
    // Room for each process's pools, and a log that does not force a checkpoint every few seconds.
    settings: { max_connections: '500', max_wal_size: '2GB' },
    log: () => {},
  });
  const children: Child[] = [];
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop({ deadlineMs: 5_000 })));
    await postgres.stop();
  };
  try {
    const server = new URL(postgres.url);
    await createSchema(programs.sqlTool, server);
    const ports = await rolePorts();
    const ips = Array.from({ length: hosts }, (_, host) => `127.0.0.${host + 1}`);
    const addresses = ips.map((ip) => `${ip}:${ports.frontend.grpcPort}`);
    const pids: Record<Role, number[]> = { frontend: [], history: [], matching: [], worker: [] };
    const metricsUrls: Record<Role, string[]> = { frontend: [], history: [], matching: [], worker: [] };
    for (const ip of ips) {
      for (const role of ROLES) {
        const metricsAddress = `${ip}:${ports[role].metricsPort}`;
        const found = { ports, postgres: server, frontend: addresses[0]!, metricsAddress };
        const child = await startRole(options, { role, ip, ...found });
        children.push(child);
        metricsUrls[role].push(`http://${metricsAddress}/metrics`);
        pids[role].push(child.pid);
      }
    }
    await waitUntilReady(children[0]!, () => hasNamespace(addresses[0]!), { deadlineMs: readyWithinMs });
    const mainStore = Object.assign(new URL(server), { pathname: `/${MAIN_STORE}` }).href;
    const visibilityStore = Object.assign(new URL(server), { pathname: `/${VISIBILITY_STORE}` }).href;
    return { addresses, mainStore, visibilityStore, pids, metricsUrls, postgresPid: postgres.pid, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As the compose file does it. */
async function createSchema(sqlTool: string, server: URL): Promise<void> {
  const env = {
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: server.hostname,
    SQL_PORT: server.port,
    SQL_USER: server.username,
    SQL_PASSWORD: server.password,
  };
  for (const [database, schema] of [
    [MAIN_STORE, 'temporal'],
    [VISIBILITY_STORE, 'visibility'],
  ] as const) {
    for (const step of [
      ['create'],
      ['setup-schema', '-v', '0.0'],
      ['update-schema', '--schema-name', `postgresql/v12/${schema}`],
    ]) {
      const args = ['--db', database, ...step];
      await runToEnd({ name: `temporal-sql-tool ${args.join(' ')}`, command: sqlTool, args, env });
    }
  }
}

/** The server keeps its ports in a `smallint`: those that the OS would choose are too high for it. */
async function rolePorts(): Promise<Record<Role, RolePorts>> {
  const free: number[] = [];
  for (let port = 17_000 + (process.pid % 10_000); free.length < ROLES.length * 3; port += 1) {
    const claim = { setting: 'port', port, part: 'Temporal' };
    if ((await portProblems('127.0.0.1', [claim])).length === 0) free.push(port);
  }
  const entries = ROLES.map((role, index) => {
    const [grpcPort, membershipPort, metricsPort] = free.slice(index * 3);
    return [role, { grpcPort, membershipPort, metricsPort }];
  });
  return Object.fromEntries(entries) as Record<Role, RolePorts>;
}

interface RoleStart {
  role: Role;
  ip: string;
  ports: Record<Role, RolePorts>;
  postgres: URL;
  frontend: string;
  metricsAddress: string;
}

async function startRole(options: ClusterOptions, start: RoleStart): Promise<Child> {
  const { folder, historyShards, connections, programs } = options;
  const home = join(folder, `${start.role}-${start.ip}`);
  await mkdir(home, { recursive: true });
  const dynamicConfigPath = join(home, 'dynamic-config.yaml');
  await writeFile(dynamicConfigPath, '{}\n');
  const path = join(home, 'config.yaml');
  await writeFile(path, serverConfig({ ...start, historyShards, connections, dynamicConfigPath }));
  return await startChild({
    name: `Temporal ${start.role} ${start.ip}`,
    command: programs.server,
    args: ['--config-file', path, '--allow-no-auth', 'start', '--service', start.role],
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '' },
    onLine: (line) => void (line.includes('"level":"fatal"') && console.error(line)),
  });
}

/** Registers the namespace as soon as the server answers; true once every part of it knows it. */
async function hasNamespace(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const { workflowService, operatorService } = connection;
    await workflowService
      .registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(retention) })
      .catch(ignoreExisting);
    await operatorService.listSearchAttributes({ namespace });
    return true;
  } finally {
    await connection.close();
  }
}

function ignoreExisting(error: unknown): void {
  const alreadyExists = 6;
  if ((error as { code?: number }).code !== alreadyExists) throw error;
}
