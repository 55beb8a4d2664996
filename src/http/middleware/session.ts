import type { MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import type { TokenClaims } from '../../identity/token-verifier.ts';
import { cartIdOf, cartIdOfUser, type CartSession, type CartSessions } from '../../sessions/cart-sessions.ts';
import { fail } from '../problem.ts';
import type { AppContext, AppEnv, Users } from '../types.ts';
import { refuseToken, userOf } from './bearer.ts';

export const sessionHeader = 'Session-Id';
export const sessionCookie = 'cart_session';

/** In the place of a session id: the cart of the user whose token is sent. */
export const ownCart = 'me';

export interface CartOfRequest {
  sessions: CartSessions;
  users: Users | undefined;
  /** Where the mount's resources start. */
  prefix: string;
}

/**
 * The cart of the session named in the path, `/…/{sessionId}/…`, or of the user: `/…/me/…`. A session that gets old
 * is sent back with its full time again.
 */
export function cartFromPath({ sessions, users, prefix }: CartOfRequest): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const name = c.req.param('sessionId') ?? '';
    const user = await userOf(c, users);
    if (user) c.set('ownCartId', cartIdOfUser(user));
    const basePath = `${prefix}/${name}`;
    if (name === ownCart) {
      use(c, keyOfUser(requireUser(c, user)), basePath);
      return await next();
    }
    const session = requireSession(sessions, name);
    use(c, keyOfSession(session), basePath);
    await next();
    if (session.sessionId !== name) c.header(sessionHeader, session.sessionId);
  });
}

/** Browsers keep no cookie longer than 400 days, and Hono throws when asked to. */
const cookieMaxMs = 399 * 24 * 60 * 60 * 1_000;

export interface CartFromClientOptions extends CartOfRequest {
  cookieSecure: boolean;
  /** Asked before a session is issued; may throw. */
  beforeIssue: (c: AppContext) => Promise<void>;
}

/**
 * The user's cart when a token is sent. Else that of the session from the header or the cookie; a client that
 * brings none gets a new one, in both.
 */
export function cartFromClient(options: CartFromClientOptions): MiddlewareHandler<AppEnv> {
  const { sessions, users, prefix, cookieSecure, beforeIssue } = options;

  /** A cookie that has expired is no error of the shopper's: a new session takes its place. */
  async function fromCookie(c: AppContext): Promise<CartSession> {
    const check = sessions.verify(getCookie(c, sessionCookie) ?? '');
    if (check.status === 'valid') return sessions.slide(check.session);
    await beforeIssue(c);
    return sessions.issue({ kind: 'guest' });
  }

  return createMiddleware<AppEnv>(async (c, next) => {
    const user = await userOf(c, users);
    if (user) {
      use(c, keyOfUser(user), prefix);
      return await next();
    }
    const header = c.req.header(sessionHeader);
    const session = header ? requireSession(sessions, header) : await fromCookie(c);
    use(c, keyOfSession(session), prefix);
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

/** The cart of who asks: by a token, or a session in the header or the cookie. Without any there is nothing to see. */
export function cartOfOwner(
  { sessions, users }: Omit<CartOfRequest, 'prefix'>,
  unowned: () => Error,
): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const user = await userOf(c, users);
    const check = sessions.verify(c.req.header(sessionHeader) ?? getCookie(c, sessionCookie) ?? '');
    if (user) use(c, keyOfUser(user), '/api/v1');
    else if (check.status === 'valid') use(c, keyOfSession(check.session), '/api/v1');
    else throw unowned();
    await next();
  });
}

function requireUser(c: AppContext, user: TokenClaims | undefined): TokenClaims {
  if (user) return user;
  throw refuseToken(c, 'carts', 'Send a token of the user: `Authorization: Bearer <token>`.');
}

function requireSession(sessions: CartSessions, sessionId: string): CartSession {
  const check = sessions.verify(sessionId);
  switch (check.status) {
    case 'valid':
      return sessions.slide(check.session);
    case 'expired':
      throw fail(
        'session_not_found',
        'This session has expired. Start a new one with POST /api/v1/sessions.',
      );
    case 'invalid':
      throw fail('session_not_found', 'This is not a session of ours. Start one with POST /api/v1/sessions.');
  }
}

/** What a cart is asked for with: a capability or a login, each for a time. */
interface Key {
  cartId: string;
  expiresAt: number;
}

const keyOfUser = (user: TokenClaims): Key => ({ cartId: cartIdOfUser(user), expiresAt: user.expiresAt });
const keyOfSession = (session: CartSession): Key => ({
  cartId: cartIdOf(session),
  expiresAt: session.expiresAt,
});

function use(c: AppContext, { cartId, expiresAt }: Key, basePath: string) {
  c.set('cartId', cartId);
  c.set('expiresAt', expiresAt);
  c.set('basePath', basePath);
  // A cart is one shopper's, also where the path does not say so: no shared cache may keep it.
  c.header('Cache-Control', 'private, no-cache');
}
