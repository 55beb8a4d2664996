import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { cartIdOf, type CartSession, type CartSessions } from '../../sessions/cart-sessions.ts';
import { fail } from '../problem.ts';
import type { AppContext, AppEnv } from '../types.ts';

export const sessionHeader = 'Session-Id';
export const sessionCookie = 'cart_session';

/** The session named in the path: `/…/{sessionId}/…`. */
export function sessionFromPath(sessions: CartSessions, prefix: string): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const sessionId = c.req.param('sessionId') ?? '';
    use(c, requireSession(sessions, sessionId), `${prefix}/${sessionId}`);
    await next();
  });
}

/** Browsers keep no cookie longer than 400 days, and Hono throws when asked to. */
const cookieMaxMs = 399 * 24 * 60 * 60 * 1_000;

export interface SessionFromClientOptions {
  sessions: CartSessions;
  prefix: string;
  cookieSecure: boolean;
  /** Asked before a session is issued; may throw. */
  beforeIssue: (c: AppContext) => Promise<void>;
}

/** The session from the header or the cookie; a client that brings none gets a new one, in both. */
export function sessionFromClient(options: SessionFromClientOptions): MiddlewareHandler<AppEnv> {
  const { sessions, prefix, cookieSecure, beforeIssue } = options;

  /** A cookie that has expired is no error of the shopper's: a new session takes its place. */
  async function fromCookie(c: AppContext): Promise<CartSession> {
    const check = sessions.verify(getCookie(c, sessionCookie) ?? '');
    if (check.status === 'valid') return check.session;
    await beforeIssue(c);
    return sessions.issue({ kind: 'guest' });
  }

  return createMiddleware<AppEnv>(async (c, next) => {
    const header = c.req.header(sessionHeader);
    const session = header ? requireSession(sessions, header) : await fromCookie(c);
    use(c, session, prefix);
    await next();
    c.header(sessionHeader, session.sessionId);
    setCookie(c, sessionCookie, session.sessionId, {
      httpOnly: true,
      sameSite: 'Lax',
      secure: cookieSecure,
      path: '/',
      expires: new Date(Math.min(session.expiresAt, Date.now() + cookieMaxMs)),
    });
  });
}

/** The session that a client brings, in the header or the cookie; without a good one there is nothing to see. */
export function sessionOfOwner(sessions: CartSessions, unowned: () => Error): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const check = sessions.verify(c.req.header(sessionHeader) ?? getCookie(c, sessionCookie) ?? '');
    if (check.status !== 'valid') throw unowned();
    use(c, check.session, '/api/v1');
    await next();
  });
}

function requireSession(sessions: CartSessions, sessionId: string): CartSession {
  const check = sessions.verify(sessionId);
  switch (check.status) {
    case 'valid':
      return check.session;
    case 'expired':
      throw fail(
        'session_not_found',
        'This session has expired. Start a new one with POST /api/v1/sessions.',
      );
    case 'invalid':
      throw fail('session_not_found', 'This is not a session of ours. Start one with POST /api/v1/sessions.');
  }
}

function use(c: AppContext, session: CartSession, basePath: string) {
  c.set('session', session);
  c.set('cartId', cartIdOf(session));
  c.set('basePath', basePath);
  // A cart is one shopper's, also where the path does not say so: no shared cache may keep it.
  c.header('Cache-Control', 'private, no-cache');
}
