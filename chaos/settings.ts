/** How long, how hard, and with which dice. */
export interface Settings {
  seed: number;
  killsAtMost: number;
  secondsAtMost: number;
  shoppers: number;
  /** How many times as fast faults come. */
  pace: number;
  /** Where the table goes, besides the screen. */
  reportPath?: string;
  /** Where the hardest histories go, as `test/replay` takes them. */
  historiesFolder?: string;
}

const defaults = { kills: 60, shoppers: 10, pace: 1 };

export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const seconds = numberOf(env, 'CHAOS_SECONDS');
  const reportPath = env['CHAOS_REPORT'];
  const historiesFolder = env['CHAOS_HISTORIES'];
  return {
    seed: numberOf(env, 'CHAOS_SEED') ?? Date.now() % 2 ** 32,
    killsAtMost: numberOf(env, 'CHAOS_KILLS') ?? (seconds === undefined ? defaults.kills : Infinity),
    secondsAtMost: seconds ?? Infinity,
    shoppers: numberOf(env, 'CHAOS_SHOPPERS') ?? defaults.shoppers,
    pace: numberOf(env, 'CHAOS_PACE', 1) ?? defaults.pace,
    ...(reportPath && { reportPath }),
    ...(historiesFolder && { historiesFolder }),
  };
}

function numberOf(env: NodeJS.ProcessEnv, name: string, least = 0): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < least)
    throw new Error(`${name} must be a whole number, at least ${least}, and is "${text}"`);
  return number;
}
