import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { fail } from '../problem.ts';
import type { AppContext, AppEnv, Users } from '../types.ts';
import { bearerOf, claimsOf, refuseToken } from './bearer.ts';

export interface AdminOptions {
  /** The same for all operators. */
  token: string | undefined;
  users: Users | undefined;
}

/** Lets in who brings the admin token, or a token with the admin scope. Where neither is configured, there is nothing to see. */
export function requireAdmin({ token, users }: AdminOptions): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (token === undefined && !users) throw fail('route_not_found', 'This shop has no admin endpoints.');
    const given = bearerOf(c) ?? '';
    const isAdminToken = token !== undefined && given !== '' && isSame(given, token);
    if (!isAdminToken) await requireScope(c, given, users);
    c.header('Cache-Control', 'no-store');
    await next();
  });
}

async function requireScope(c: AppContext, token: string, users: Users | undefined): Promise<void> {
  if (token === '' || !users) {
    throw refuseToken(c, 'admin', 'Send the admin token: `Authorization: Bearer <token>`.');
  }
  const { verifyToken, adminScope } = users;
  const { scopes } = await claimsOf(c, { token, realm: 'admin', verifyToken });
  if (scopes.includes(adminScope)) return;
  c.header('WWW-Authenticate', `Bearer realm="admin", error="insufficient_scope", scope="${adminScope}"`);
  throw fail('forbidden', `This needs a token with the scope ${adminScope}.`);
}

/** In constant time: digests have the same length, whatever was sent. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
