import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import { ChildStartError, startChild, waitUntilReady, type Child } from './child-process.ts';
import { connectHost } from './ports.ts';

export interface TemporalServerOptions {
  cliPath: string;
  /** Keeps state across restarts; without it everything is in memory. */
  dbFilename?: string;
  host: string;
  port: number;
  /** Without it there is no Web UI. */
  uiPort?: number;
  /** `default` is always there. */
  namespaces?: readonly string[];
  /** Settings of the server by their key, for tests that lower its limits. */
  dynamicConfig?: Readonly<Record<string, number>>;
  log: (line: string) => void;
  /** Told of the server process as soon as there is one, ready or not. */
  onSpawn?: (child: Child) => void;
}

export interface TemporalServer {
  address: string;
  pid: number;
  child: Child;
  stop(): Promise<void>;
}

const SEARCH_ATTRIBUTES = { CartStatus: 'Keyword', CartTotalMinor: 'Int' };
const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;

/** The Temporal dev server, ready: namespaces and search attributes are there. Throws `ChildStartError`. */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cliPath, dbFilename, host, port, namespaces = [], log } = options;
  if (dbFilename !== undefined) await mkdir(dirname(dbFilename), { recursive: true });
  const child = await startChild({
    name: 'Temporal',
    command: cliPath,
    args: serverArgs(options),
    onLine: log,
  });
  options.onSpawn?.(child);
  const stop = (): Promise<void> => child.stop({ deadlineMs: STOP_DEADLINE_MS });
  try {
    const probe = (): Promise<boolean> => isReady(connectHost(host), port, ['default', ...namespaces]);
    await waitUntilReady(child, probe, { deadlineMs: START_DEADLINE_MS });
  } catch (error) {
    await stop();
    const file = dbFilename === undefined ? '' : ` on its data file ${dbFilename}`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ChildStartError(
      `The Temporal dev server does not start${file}. Start afresh with \`make reset\`, ` +
        `or use another folder: DATA_DIR=…. ${reason}`,
    );
  }
  return { address: `${connectHost(host)}:${port}`, pid: child.pid, child, stop };
}

function serverArgs(options: TemporalServerOptions): string[] {
  const { dbFilename, host, port, uiPort, namespaces = [], dynamicConfig = {} } = options;
  return [
    ...['server', 'start-dev', '--ip', host, '--port', String(port), '--log-level', 'warn'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
    // Half as fast again as the defaults, and a SIGKILL still loses nothing (a power cut might).
    ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'],
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
    ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ];
}

async function isReady(host: string, port: number, namespaces: readonly string[]): Promise<boolean> {
  // First the bare port: a gRPC channel that is refused once backs off for a second.
  if (!(await acceptsTcp(host, port))) return false;
  const connection = await Connection.connect({ address: `${host}:${port}`, connectTimeout: 2_000 });
  try {
    return await connection.withDeadline(Date.now() + 2_000, async () => {
      for (const namespace of namespaces) {
        await connection.workflowService.describeNamespace({ namespace });
        const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
        if (!Object.keys(SEARCH_ATTRIBUTES).every((name) => name in customAttributes)) return false;
      }
      return true;
    });
  } finally {
    await connection.close();
  }
}

function acceptsTcp(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.destroy());
  });
}
