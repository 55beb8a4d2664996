import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { z } from 'zod';

export type StubEnv = { Bindings: HttpBindings };
export type StubContext = Context<StubEnv>;

export async function bodyOf(c: StubContext): Promise<unknown> {
  return await c.req.json().catch(() => undefined);
}

/** The client sees its connection end without an answer. */
export function drop(c: StubContext): Response {
  c.env.incoming.socket.destroy();
  return c.body(null, 503);
}

export function invalid(c: StubContext, error: z.ZodError): Response {
  return problem(
    c,
    422,
    error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
  );
}

export function problem(c: StubContext, status: 400 | 404 | 409 | 422 | 503, detail: string): Response {
  const body = JSON.stringify({ title: 'The service refuses', status, detail });
  return c.body(body, status, { 'content-type': 'application/problem+json' });
}
