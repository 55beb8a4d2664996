import type { Context } from 'hono';
import type { z } from 'zod';
import { sendProblem, toProblem, type FieldError } from './problem.ts';

type Validated = { target: string; data?: unknown } & (
  { success: true } | { success: false; error: z.core.$ZodError }
);

/** Answers invalid input with every wrong field at once. Runs after each route's own schema. */
export function onInvalidInput(result: Validated, c: Context): Response | undefined {
  if (result.success) return undefined;
  const errors = fieldErrors(result.error.issues, 'data' in result ? result.data : undefined);
  const where = result.target === 'json' ? 'body' : result.target;
  const detail = `The ${where} has ${errors.length === 1 ? 'a field' : `${errors.length} fields`} to correct: ${errors
    .map((error) => `${error.pointer} ${error.detail}`)
    .join('; ')}`;
  return sendProblem(c, toProblem('invalid_input', detail, { errors }));
}

function fieldErrors(issues: readonly z.core.$ZodIssue[], input: unknown): FieldError[] {
  return issues.flatMap((issue) => {
    // `{name, quantity}` or `{items}`: report on the form that the client meant.
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = typeof input === 'object' && input !== null && 'items' in input ? 1 : 0;
      return fieldErrors(issue.errors[meant] ?? [], input);
    }
    return [{ pointer: toPointer(issue.path), detail: issue.message }];
  });
}

/** RFC 6901, as a URI fragment. */
function toPointer(path: readonly PropertyKey[]): string {
  const tokens = path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1'));
  return `#${tokens.map((token) => `/${token}`).join('')}`;
}
