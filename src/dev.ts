import { once } from 'node:events';
import { ConfigError, loadDevConfig, processEnvironment, type DevConfig } from './config.ts';
import { answersHttp, ChildStartError } from './dev/child-process.ts';
import { apiUrlOf, stackSecretsOf, type StackUrls } from './dev/child-env.ts';
import { EmbeddedPostgresError } from './dev/embedded-postgres.ts';
import { prefixed } from './dev/log-lines.ts';
import { createPartLog } from './dev/part-log.ts';
import { createLogin } from './dev/login.ts';
import { connectHost } from './dev/ports.ts';
import { endLeftovers, isStillRunning, readRunState, recordRun } from './dev/run-state.ts';
import { checkStack, StackError, startStack, STOP_ORDER } from './dev/stack.ts';
import { createSupervisor } from './dev/supervisor.ts';
import { ProgramNotFoundError } from './dev/temporal-binaries.ts';
import { welcomeText, withoutPassword } from './dev/welcome.ts';

const say = (line: string): void => console.log(prefixed('stack', line));

/** `make run`: the whole service in one terminal, until Ctrl-C. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  const config = loadDevConfig(processEnvironment());
  await takeOver(config.dataDir);
  await checkStack(config);

  const record = await recordRun(config.dataDir);
  const log = createPartLog(config.dataDir, console.log);
  const supervisor = createSupervisor({ record, say });
  const signal = interruption(() => {
    supervisor.kill();
    process.exit(130);
  });
  const starting = startStack({ config, supervisor, lines: log.lines, say, signal });
  try {
    const urls = await Promise.race([starting, aborted(signal)]);
    if (urls !== undefined) {
      record.ready({ api: apiUrlOf(config), ...urls });
      console.log(await describeStack(config, urls, performance.now() - startedAt));
      await aborted(signal);
    }
  } catch (error) {
    if (!signal.aborted) reportFailure(error);
  }
  say('stopping …');
  log.quiet();
  await supervisor.stop(STOP_ORDER);
  // A part that was just about to start is stopped as soon as it exists; wait for that too.
  await starting.catch(() => {});
  await supervisor.stop(STOP_ORDER);
  record.clear();
  say('stopped; nothing is left running');
}

/** Refuses beside a stack that runs, and cleans up after one that was killed. */
async function takeOver(dataDir: string): Promise<void> {
  const state = readRunState(dataDir);
  if (state === undefined) return;
  if (await isStillRunning(state.supervisor)) {
    throw new StackError(
      `A stack already runs on ${dataDir} (process ${state.supervisor.pid}): ` +
        'end it with `make stop`, or give this one another DATA_DIR and ports.',
    );
  }
  const ended = await endLeftovers(state);
  if (ended.length > 0) say(`ended what a killed run has left: ${ended.join(', ')}`);
}

/** Aborts on the first Ctrl-C, SIGTERM or closed terminal. */
function interruption(onSecond: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) onSecond();
      controller.abort();
    });
  }
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

const FOR_PEOPLE = [ConfigError, StackError, ProgramNotFoundError, EmbeddedPostgresError, ChildStartError];

function reportFailure(error: unknown): void {
  const isForPeople = FOR_PEOPLE.some((known) => error instanceof known);
  console.error(isForPeople ? (error as Error).message : error);
  process.exitCode = 1;
}

async function describeStack(config: DevConfig, urls: StackUrls, startedInMs: number): Promise<string> {
  const { external, host, ports, childEnv } = config;
  const apiUrl = apiUrlOf(config);
  const docsUrl = `${apiUrl}/docs`;
  const hasDocs = await answersHttp(docsUrl).catch(() => false);
  return welcomeText({
    apiUrl,
    ...(hasDocs ? { docsUrl } : {}),
    ...(external.temporal === undefined
      ? { webUiUrl: `http://${connectHost(host)}:${ports.temporalUi}` }
      : {}),
    temporalAddress: urls.temporalAddress,
    databaseUrl: external.databaseUrl === undefined ? urls.databaseUrl : withoutPassword(urls.databaseUrl),
    reservationUrl: withoutPassword(urls.reservationUrl),
    paymentUrl: withoutPassword(urls.paymentUrl),
    ...(childEnv['ADMIN_TOKEN'] === undefined ? { adminToken: stackSecretsOf(config.dataDir).admin } : {}),
    localLogin: createLogin(config) !== undefined,
    dataDir: config.dataDir,
    startedInMs,
  });
}

// The terminal may be gone before we are: that must not keep us from stopping the parts.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
await main().catch(reportFailure);
process.exit();
