import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { fail } from '../problem.ts';
import type { AppEnv } from '../types.ts';

/** Lets in who brings the admin token. Where none is configured, there is nothing to see. */
export function requireAdmin({ token }: { token: string | undefined }): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    if (token === undefined) throw fail('route_not_found', 'This shop has no admin endpoints.');
    const [, given] = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '') ?? [];
    if (given === undefined || !isSame(given, token)) {
      c.header(
        'WWW-Authenticate',
        `Bearer realm="admin"${given === undefined ? '' : ', error="invalid_token"'}`,
      );
      throw fail('unauthorized', 'Send the admin token: `Authorization: Bearer <ADMIN_TOKEN>`.');
    }
    c.header('Cache-Control', 'no-store');
    await next();
  });
}

/** In constant time: digests have the same length, whatever was sent. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
