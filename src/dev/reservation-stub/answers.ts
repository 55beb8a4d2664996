import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { z } from 'zod';
import type { Answer } from './ledger.ts';

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

export function refuse(c: StubContext, answer: Answer): Response {
  switch (answer.status) {
    case 'key_reused':
      return problem(c, 422, 'This Idempotency-Key belongs to another request.');
    case 'not_found':
      return problem(c, 404, 'There is no such reservation.');
    default:
      return problem(c, 409, reasonOf(answer));
  }
}

export const reasonOf = (answer: Answer): string =>
  answer.status === 'unavailable' ? answer.reason : `refused: ${answer.status.replace('_', ' ')}`;

export function invalid(c: StubContext, error: z.ZodError): Response {
  return problem(
    c,
    422,
    error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '),
  );
}

export function problem(c: StubContext, status: 400 | 404 | 409 | 422 | 503, detail: string): Response {
  const body = JSON.stringify({ title: 'The reservation service refuses', status, detail });
  return c.body(body, status, { 'content-type': 'application/problem+json' });
}
