import type { RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import { sendProblem, toProblem, type FieldError } from './problem.ts';

/** In the order in which a route's schemas are asked. */
const targets = ['query', 'param', 'header', 'json'] as const;
type Target = (typeof targets)[number];

const placeOf = { query: 'query', param: 'path', header: 'header', json: 'body' } as const;

type Validated = { target: string; data?: unknown } & (
  { success: true } | { success: false; error: z.core.$ZodError }
);

/**
 * Answers invalid input with every wrong field of the request at once: runs after the first schema that finds
 * one, and asks those that would have come after it.
 */
export async function onInvalidInput(
  result: Validated,
  c: Context,
  request: RouteConfig['request'],
): Promise<Response | undefined> {
  if (result.success) return undefined;
  const first = result.target as Target;
  const errors = fieldErrors(placeOf[first], result.error.issues, 'data' in result ? result.data : undefined);
  for (const target of targets.slice(targets.indexOf(first) + 1)) {
    errors.push(...(await errorsIn(target, c, request)));
  }
  return sendProblem(c, toProblem(...summaryOf(errors), { errors }));
}

function summaryOf(errors: readonly FieldError[]): ['malformed_request' | 'invalid_input', string] {
  const places = [...new Set(errors.map((error) => error.in))];
  const where = places.length === 1 ? places[0] : 'request';
  const list = errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; ');
  const fields = errors.length === 1 ? 'a field' : `${errors.length} fields`;
  // A header says how the request is to be read: that is no matter of its content.
  const code = where === 'header' ? 'malformed_request' : 'invalid_input';
  return [code, `The ${where} has ${fields} to correct: ${list}`];
}

async function errorsIn(target: Target, c: Context, request: RouteConfig['request']): Promise<FieldError[]> {
  const schema = schemaOf(target, request);
  const input = await inputOf(target, c);
  if (!(schema instanceof z.ZodType) || input === undefined) return [];
  const result = await schema.safeParseAsync(target === 'header' ? named(input, schema) : input);
  return result.success ? [] : fieldErrors(placeOf[target], result.error.issues, input);
}

function schemaOf(target: Target, request: RouteConfig['request']): unknown {
  const content = request?.body?.content['application/json'];
  const body = content !== undefined && 'schema' in content ? content.schema : undefined;
  return { query: request?.query, param: request?.params, header: request?.headers, json: body }[target];
}

async function inputOf(target: Target, c: Context): Promise<unknown> {
  switch (target) {
    case 'query':
      return c.req.query();
    case 'param':
      return c.req.param();
    case 'header':
      return c.req.header();
    case 'json':
      // A body that cannot be read has no fields; once the rest is right, that is the next answer.
      return await c.req.json().catch(() => undefined);
  }
}

/** Node has the names of headers in lower case, a schema as they are written. */
function named(headers: unknown, schema: z.ZodType): unknown {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const written = new Map(names.map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(headers as object).map(([name, value]) => [written.get(name) ?? name, value as unknown]),
  );
}

function fieldErrors(
  place: FieldError['in'],
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
): FieldError[] {
  return issues.flatMap((issue) => {
    // `{name, quantity}` or `{items}`: report on the form that the client meant.
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = typeof input === 'object' && input !== null && 'items' in input ? 1 : 0;
      return fieldErrors(place, issue.errors[meant] ?? [], input);
    }
    return [{ in: place, pointer: toPointer(issue.path), detail: issue.message }];
  });
}

/** RFC 6901, as a URI fragment. */
function toPointer(path: readonly PropertyKey[]): string {
  const tokens = path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${tokens.map((token) => `/${encodeURIComponent(token)}`).join('')}`;
}
