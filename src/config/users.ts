import type { SettingsReader } from './settings.ts';
import { userSettings } from './shards.ts';

export interface UsersConfig {
  issuer: string;
  audience: string;
  keys: { jwksUrl: string } | { secret: string };
  /** A token with it opens the admin endpoints. */
  adminScope: string;
  /** What a claim makes of a product that is in both carts. */
  merge: 'sum' | 'max';
}

/** Whose tokens are taken, if anybody's. */
export function readUsers(reader: SettingsReader): { users?: UsersConfig } {
  const settings = reader.read(userSettings);
  const { JWT_JWKS_URL: jwksUrl, JWT_SECRET: secret, JWT_ADMIN_SCOPE: adminScope } = settings;
  const { CLAIM_MERGE: merge } = settings;
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = settings;
  const given = ['JWT_JWKS_URL', 'JWT_SECRET'].filter((name) => reader.env[name] !== undefined);
  if (given.length === 2) reader.problem('JWT_SECRET', 'set it or JWT_JWKS_URL, not both');
  if (given.length === 0) return {};
  for (const name of ['JWT_ISSUER', 'JWT_AUDIENCE']) {
    if (reader.env[name] !== undefined) continue;
    reader.problem(name, `needed beside ${given[0]}: a token for another service must open nothing here`);
  }
  const keys = jwksUrl === undefined ? { secret: secret ?? '' } : { jwksUrl };
  return { users: { issuer: issuer ?? '', audience: audience ?? '', keys, adminScope, merge } };
}
