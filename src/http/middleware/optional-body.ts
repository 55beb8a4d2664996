import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../types.ts';

// Hono keeps the promise of a text under this name, whatever the type says.
const emptyObject = Promise.resolve('{}') as unknown as string;

/**
 * Many clients say JSON and send nothing: where a body is optional, that is an empty object. Those that say
 * nothing either are left alone: a body without a type would be refused.
 */
export const optionalBody = createMiddleware<AppEnv>(async (c, next) => {
  const saysType = c.req.header('Content-Type') !== undefined;
  if (saysType && (await c.req.text()) === '') c.req.bodyCache.text = emptyObject;
  await next();
});
