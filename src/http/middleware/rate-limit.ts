import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { Policy, Taken } from '../../limits/rate-limits.ts';
import { tooManyRequests, toSeconds } from '../too-many-requests.ts';
import type { AppContext, AppEnv, RateLimitingOptions } from '../types.ts';

export interface RateLimiting {
  /** Before the session is looked at: also who guesses session ids is counted. */
  address: MiddlewareHandler<AppEnv>;
  /** Behind the session: by the cart's id, which is a hash of whoever owns it. */
  cart: MiddlewareHandler<AppEnv>;
  /** To be asked before a session is issued. Throws the problem when there were too many. */
  newSession(c: AppContext): Promise<void>;
}

/** Counts requests; says in every answer what is left, and refuses with 429 when nothing is. */
export function createRateLimiting({ limits, addressOf }: RateLimitingOptions): RateLimiting {
  async function take(c: AppContext, policy: Policy, key: string) {
    if (!limits) return;
    const taken = await limits.take(policy, key);
    report(c, taken);
    if (!taken.granted) throw tooManyRequests(taken);
  }

  return {
    address: createMiddleware<AppEnv>(async (c, next) => {
      const address = addressOf(c);
      c.set('address', address);
      if (!isPreflight(c)) await take(c, isRead(c) ? 'address-reads' : 'address-commands', address);
      await next();
    }),
    cart: createMiddleware<AppEnv>(async (c, next) => {
      if (!isPreflight(c)) await take(c, isRead(c) ? 'session-reads' : 'session-commands', c.get('cartId'));
      await next();
    }),
    newSession: (c) => take(c, 'address-sessions', addressOf(c)),
  };
}

const isRead = (c: AppContext): boolean => c.req.method === 'GET' || c.req.method === 'HEAD';
const isPreflight = (c: AppContext): boolean => c.req.method === 'OPTIONS';

/** draft-ietf-httpapi-ratelimit-headers: one member for each policy that the request was counted by. */
function report(c: AppContext, { policy, quota, remaining, resetMs }: Taken) {
  const window = quota.windowMs / 1_000;
  // A structured field's integer: a window is at least one second, and whole to the client.
  c.header('RateLimit-Policy', `"${policy}";q=${quota.points};w=${Math.ceil(window)}`, { append: true });
  c.header('RateLimit', `"${policy}";r=${remaining};t=${toSeconds(resetMs)}`, { append: true });
}
