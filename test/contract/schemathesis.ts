import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startChild } from '../../src/dev/child-process.ts';
import { createVenv } from '../../src/dev/python.ts';

const here = import.meta.dirname;
const requirements = join(here, 'requirements.txt');

/** The pinned schemathesis, fetched into the project's cache when it is not there. Throws one line to act on. */
export async function findSchemathesis(log: (line: string) => void): Promise<string> {
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = resolve('.cache/schemathesis', version);
  const program = join(folder, 'bin', 'schemathesis');
  // Written last: what is cut off half-way is never taken for a program.
  const marker = join(folder, '.installed');
  if (await exists(marker)) return program;
  log(`Fetching schemathesis with pip into ${folder} …`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await createVenv(folder, ['--requirement', requirements]);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The contract tests need Python 3.10 or later, with its venv module and a package index: ${reason}`,
      { cause: error },
    );
  }
  await writeFile(marker, '');
  return program;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

export interface ContractRun {
  /** Of the API, such as `http://127.0.0.1:3000`. */
  url: string;
  adminToken: string;
  /** A user's. */
  userToken: string;
  /** With which the payment service's webhooks are signed. */
  webhookSecret: string;
  /** Random requests to each operation, and sequences of them along the links. */
  examples: { fuzzing: number; stateful: number };
  /** Further options of `schemathesis run`. */
  options?: readonly string[];
  onLine?: (line: string) => void;
}

/** Runs schemathesis on the committed document against a live API; the exit code is 0 when nothing was found. */
export async function runSchemathesis(
  program: string,
  run: ContractRun,
): Promise<{ code: number | null; lines: string[] }> {
  const lines: string[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'durable-cart-contract-'));
  const config = join(folder, 'schemathesis.toml');
  await writeFile(config, await configOf(run));
  const child = await startChild({
    name: 'schemathesis',
    command: program,
    args: [
      ...['--config-file', config, 'run', resolve('docs/openapi.json')],
      ...['--no-color', '--url', run.url, ...(run.options ?? [])],
    ],
    // It leaves what it remembers of failures where it is started.
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PYTHONPATH: here,
      PYTHONDONTWRITEBYTECODE: '1',
      SCHEMATHESIS_HOOKS: 'hooks',
      ADMIN_TOKEN: run.adminToken,
      USER_TOKEN: run.userToken,
      PAYMENT_WEBHOOK_SECRET: run.webhookSecret,
    },
    onLine(line) {
      lines.push(line);
      run.onLine?.(line);
    },
  });
  const { code } = await child.exited;
  await rm(folder, { recursive: true });
  return { code, lines };
}

async function configOf({ examples }: ContractRun): Promise<string> {
  const common = await readFile(join(here, 'schemathesis.toml'), 'utf8');
  return [
    common,
    ...['[phases.fuzzing.generation]', `max-examples = ${examples.fuzzing}`],
    ...['[phases.stateful.generation]', `max-examples = ${examples.stateful}`],
  ].join('\n');
}
