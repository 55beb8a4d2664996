import type { TokenClaims, VerifyToken } from '../../identity/token-verifier.ts';
import { fail } from '../problem.ts';
import type { AppContext, Users } from '../types.ts';

/** The token of an `Authorization: Bearer …` header; empty where that has none or more than one, nothing without it. */
export function bearerOf(c: AppContext): string | undefined {
  const [scheme, token, ...more] = (c.req.header('Authorization') ?? '').trim().split(/ +/);
  if (scheme?.toLowerCase() !== 'bearer') return undefined;
  return token === undefined || more.length > 0 ? '' : token;
}

/** Who asks, when a token says so. One that is not good is never taken for none: its bearer would shop as a guest. */
export async function userOf(c: AppContext, users: Users | undefined): Promise<TokenClaims | undefined> {
  const token = bearerOf(c);
  if (token === undefined) return undefined;
  if (!users) throw refuseToken(c, 'carts', 'This shop takes no tokens of users.');
  return await claimsOf(c, { token, realm: 'carts', verifyToken: users.verifyToken });
}

export async function claimsOf(
  c: AppContext,
  { token, realm, verifyToken }: { token: string; realm: string; verifyToken: VerifyToken },
): Promise<TokenClaims> {
  const check = await verifyToken(token);
  switch (check.status) {
    case 'valid':
      return check.claims;
    case 'invalid':
      throw refuseToken(c, realm, `The token is not taken. ${check.reason}`);
    case 'unavailable':
      throw fail('token_check_unavailable', 'The token cannot be checked just now. Try again shortly.', {
        cause: check.cause,
      });
  }
}

/** RFC 6750 3: says how to ask, and with a token also what is wrong. */
export function refuseToken(c: AppContext, realm: string, detail: string): Error {
  const sent = (bearerOf(c) ?? '') !== '';
  c.header('WWW-Authenticate', `Bearer realm="${realm}"${sent ? ', error="invalid_token"' : ''}`);
  return fail('unauthorized', detail);
}
