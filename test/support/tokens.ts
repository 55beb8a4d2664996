import { SignJWT } from 'jose';
import type { Users } from '../../src/http/types.ts';
import { createTokenVerifier } from '../../src/identity/token-verifier.ts';

export const issuer = 'https://login.example/';
export const audience = 'carts';
export const jwtSecret = 'a secret of 32 bytes for the tests';
export const adminScope = 'carts:admin';

export interface TokenWish {
  subject?: string;
  /** `undefined` leaves one out. */
  claims?: Record<string, unknown>;
  secret?: string;
  /** Seconds from now. */
  expiresIn?: number;
}

/** A token as the shop's login would make it, unless something else is wished for. */
export async function tokenOf(wish: TokenWish = {}): Promise<string> {
  const { subject = 'anna@example.org', claims = {}, secret = jwtSecret, expiresIn = 300 } = wish;
  const payload = { iss: issuer, aud: audience, sub: subject, ...claims };
  return await new SignJWT(payload)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresIn)
    .sign(new TextEncoder().encode(secret));
}

/** Signed by nobody, as `alg: none` has it. */
export function unsignedTokenOf(subject = 'anna@example.org'): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + 300;
  return `${encode({ alg: 'none' })}.${encode({ iss: issuer, aud: audience, sub: subject, exp })}.`;
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

export const users: Users = {
  verifyToken: createTokenVerifier({ issuer, audience, keys: { secret: jwtSecret } }),
  adminScope,
  merge: 'sum',
};

/** The settings that make a shop take these tokens. */
export const userSettings = { JWT_SECRET: jwtSecret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience };
