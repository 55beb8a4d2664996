import ms from 'ms';
import { z } from 'zod';

/** A process environment, or a stand-in for one. An empty string counts as unset. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Settings by name, each with the schema of its text. A shard is shared by every config that needs it. */
type Shard = Readonly<Record<string, z.ZodType>>;
type Values<S extends Shard> = { [Name in keyof S]: z.output<S[Name]> };

/** Every problem of a configuration at once, one line each in the message. */
export class ConfigError extends Error {
  override name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super([`The configuration has ${count}:`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.problems = problems;
  }
}

export interface SettingsReader {
  /** Without the settings that are unset or empty. */
  readonly env: Env;
  /** A setting with a problem reads as `undefined`: `loadConfig` throws before anybody sees it. */
  read<S extends Shard>(shard: S): Values<S>;
  /** Adds a problem of this setting; `mend` says what to do. */
  problem(name: string, mend: string): void;
}

const SECRETS =
  /^(SESSION_SECRET|(PAYMENT_)?WEBHOOK_SECRET|ADMIN_TOKEN|JWT_SECRET|DATABASE_URL|TEMPORAL_API_KEY|TEMPORAL_TLS_\w+_DATA)$/;

function seen(name: string, value: string | undefined): string {
  if (value === undefined) return 'is not set';
  const secret = SECRETS.test(name) || value.includes('@');
  return secret ? `is set, ${value.length} characters` : `is ${JSON.stringify(value)}`;
}

function createReader(rawEnv: Env, problems: string[]): SettingsReader {
  const env = withoutEmpty(rawEnv);
  const problem = (name: string, mend: string): void => {
    problems.push(`${name} ${seen(name, env[name])}: ${mend}`);
  };
  const read = <S extends Shard>(shard: S): Values<S> => {
    const values: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(shard)) {
      const parsed = schema.safeParse(env[name]);
      if (parsed.success) values[name] = parsed.data;
      else problem(name, parsed.error.issues[0]?.message ?? 'not valid');
    }
    return values as Values<S>;
  };
  return { env, read, problem };
}

/** Runs `build` against the environment and freezes what it returns; throws `ConfigError` with every problem. */
export function loadConfig<T extends object>(env: Env, build: (reader: SettingsReader) => T): T {
  const problems: string[] = [];
  const config = build(createReader(env, problems));
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

function withoutEmpty(env: Env): Record<string, string> {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== '');
  return Object.fromEntries(set) as Record<string, string>;
}

function deepFreeze<T extends object>(value: T): T {
  // Certificates are buffers, and buffers cannot be frozen.
  if (ArrayBuffer.isView(value)) return value;
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}

export function text(options: { mend: string; default?: string; pattern?: RegExp }) {
  const schema = z.string(options.mend).regex(options.pattern ?? /./, options.mend);
  return options.default === undefined ? schema : schema.prefault(options.default);
}

export function optionalText() {
  return z.string().optional();
}

export function wholeNumber(options: { default: number; min: number; max: number; what?: string }) {
  const mend = `use a whole number${options.what ?? ''} from ${options.min} to ${options.max}`;
  return z
    .string()
    .regex(/^\d+$/, mend)
    .transform(Number)
    .refine((value) => value >= options.min && value <= options.max, mend)
    .prefault(String(options.default));
}

export function port(byDefault: number, min = 1) {
  return wholeNumber({ default: byDefault, min, max: 65_535, what: ' (a TCP port)' });
}

const DURATION = /^\d+(\.\d+)?\s*(ms|s|m|h|d|w)?$/;

/** A duration as people write it (`500ms`, `20s`, `30m`, `90d`, or plain milliseconds); read as milliseconds. */
export function duration(options: { default: string; min?: string; max?: string }) {
  const { min = '1ms', max = '24d' } = options;
  const mend = `use a duration such as ${options.default} (ms, s, m, h, d or plain milliseconds), ${min} to ${max}`;
  return z
    .string()
    .regex(DURATION, mend)
    .transform((value) => ms(value as ms.StringValue))
    .refine((value) => value >= ms(min as ms.StringValue) && value <= ms(max as ms.StringValue), mend)
    .prefault(options.default);
}

/** So many in a window of time: `120/1m`. */
export function quota(byDefault: string) {
  const mend = `use a number and a window, such as ${byDefault} (1 or more in 1s to 1d)`;
  return z
    .string()
    .regex(/^[1-9]\d{0,8}\/\d+(\.\d+)?(ms|s|m|h|d)$/, mend)
    .transform((value) => {
      const [points, window] = value.split('/') as [string, ms.StringValue];
      return { points: Number(points), windowMs: ms(window) };
    })
    .refine(({ windowMs }) => windowMs >= 1_000 && windowMs <= 86_400_000, mend)
    .prefault(byDefault);
}

export function oneOf<const Choices extends readonly [string, ...string[]]>(
  choices: Choices,
  byDefault: Choices[number],
) {
  return z.enum(choices, `use one of ${choices.join(', ')}`).prefault(byDefault);
}

export function flag() {
  const mend = 'use true or false';
  return z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'], error: mend }).optional();
}

export function url(options: { protocol: RegExp; mend: string }) {
  return z.url({ protocol: options.protocol, error: options.mend });
}
