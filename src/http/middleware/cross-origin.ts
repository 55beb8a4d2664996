import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../types.ts';

/** What a page of another origin may send; simple headers need no leave. */
export const requestHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Prefer',
  'Session-Id',
  'X-Request-Id',
];

/** What it may read, beside the few that every page may. */
export const answerHeaders = [
  'Allow',
  'Content-Location',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Session-Id',
  'WWW-Authenticate',
  'X-Request-Id',
];

/** How long a browser may remember the leave; none keeps it longer than two hours. */
const preflightMaxAgeSeconds = 600;

/** Lets pages of the listed origins call the API, with cookies. Any other origin gets no leave, and is told nothing. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  const allow = cors({
    origin: [...origins],
    credentials: true,
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: requestHeaders,
    exposeHeaders: answerHeaders,
    maxAge: preflightMaxAgeSeconds,
  });
  return createMiddleware<AppEnv>(async (c, next) => {
    if (origins.includes(c.req.header('Origin') ?? '')) return await allow(c, next);
    await next();
    // The same path answers a listed origin with other headers.
    if (origins.length > 0) c.header('Vary', 'Origin', { append: true });
  });
}
