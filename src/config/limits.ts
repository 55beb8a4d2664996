import { isIP } from 'node:net';
import { z } from 'zod';
import { oneOf, quota, wholeNumber, type SettingsReader } from './settings.ts';

interface Quota {
  points: number;
  windowMs: number;
}

export interface LimitsConfig {
  /** Where requests are counted; `off` counts none. */
  store: 'memory' | 'postgres' | 'off';
  quotas: Record<
    | 'session-commands'
    | 'session-reads'
    | 'address-commands'
    | 'address-reads'
    | 'address-sessions'
    | 'address-units',
    Quota
  >;
  /** Addresses and networks whose `X-Forwarded-For` counts. */
  trustedProxies: readonly string[];
  cartMaxUnits: number;
}

const trustedProxies = z
  .string()
  .transform((value) => value.split(',').map((network) => network.trim()))
  .refine((list) => list.every(isNetwork), 'use addresses and networks, comma separated, such as 10.0.0.0/8')
  .optional();

export const limitSettings = {
  RATE_LIMIT: oneOf(['memory', 'postgres', 'off'], 'memory'),
  RATE_SESSION_COMMANDS: quota('120/1m'),
  RATE_SESSION_READS: quota('600/1m'),
  RATE_ADDRESS_COMMANDS: quota('600/1m'),
  RATE_ADDRESS_READS: quota('3000/1m'),
  RATE_ADDRESS_SESSIONS: quota('120/1m'),
  RATE_ADDRESS_UNITS: quota('2000/10m'),
  TRUSTED_PROXIES: trustedProxies,
  CART_MAX_UNITS: wholeNumber({ default: 1_000, min: 1, max: 99_900 }),
};

/** How much a client may ask for. */
export function readLimits(reader: SettingsReader, env: 'development' | 'production'): LimitsConfig {
  const settings = reader.read(limitSettings);
  if (env === 'production' && settings.RATE_LIMIT === 'off') {
    reader.problem('RATE_LIMIT', 'not in production; use memory or postgres, and raise the quotas instead');
  }
  if (settings.RATE_ADDRESS_UNITS.points < settings.CART_MAX_UNITS) {
    const mend = `must allow at least CART_MAX_UNITS (${settings.CART_MAX_UNITS}), or a full cart could not be filled`;
    reader.problem('RATE_ADDRESS_UNITS', mend);
  }
  return {
    store: settings.RATE_LIMIT,
    quotas: {
      'session-commands': settings.RATE_SESSION_COMMANDS,
      'session-reads': settings.RATE_SESSION_READS,
      'address-commands': settings.RATE_ADDRESS_COMMANDS,
      'address-reads': settings.RATE_ADDRESS_READS,
      'address-sessions': settings.RATE_ADDRESS_SESSIONS,
      'address-units': settings.RATE_ADDRESS_UNITS,
    },
    trustedProxies: settings.TRUSTED_PROXIES ?? [],
    cartMaxUnits: settings.CART_MAX_UNITS,
  };
}

function isNetwork(text: string): boolean {
  const [, address = '', , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}
