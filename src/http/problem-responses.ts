import { z } from '@hono/zod-openapi';
import type { ResponseDescription } from './openapi.ts';
import { retryAfterHeader } from './openapi.ts';
import { isPassing, problemCodes, problems, typeOf, type ProblemCode } from './problem-catalogue.ts';
import { problemSchema } from './schemas.ts';

/** Any operation may end in these. */
const everywhere: readonly ProblemCode[] = ['internal_error'];

/** Of an operation that reads from a cart. */
export const cartReadProblems = [
  'unauthorized',
  'token_check_unavailable',
  'session_not_found',
  'too_many_requests',
  'unavailable',
] as const satisfies ProblemCode[];

/** Of a list with `limit` and `cursor`. */
export const pageProblems = ['malformed_request', 'invalid_input'] as const satisfies ProblemCode[];

/** Of what only operators may ask. */
export const adminProblems = [
  'unauthorized',
  'forbidden',
  'token_check_unavailable',
  'route_not_found',
  'unavailable',
] as const satisfies ProblemCode[];

/** Of a body, whatever is in it. */
export const bodyProblems = [
  'malformed_request',
  'body_too_large',
  'unsupported_media_type',
  'invalid_input',
] as const satisfies ProblemCode[];

/** Of every command; what the cart's rules refuse comes on top. */
export const commandProblems = [
  'malformed_request',
  'unauthorized',
  'token_check_unavailable',
  'session_not_found',
  'body_too_large',
  'version_mismatch',
  'request_in_progress',
  'idempotency_key_reused',
  'too_many_requests',
  'not_accepted',
] as const satisfies ProblemCode[];

/**
 * The answers that tell of these problems, by status. Typed as none: problems are thrown or sent, and what a
 * handler returns is checked against its other answers.
 */
export function problemResponses(...codes: ProblemCode[]): object {
  const all = problemCodes.filter((code) => codes.includes(code) || everywhere.includes(code));
  const statuses = new Set(all.map((code) => problems[code].status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      problemResponse(all.filter((code) => problems[code].status === status)),
    ]),
  );
}

function problemResponse(codes: readonly ProblemCode[]): ResponseDescription {
  const schema = problemSchema.extend({ code: z.enum(codes) });
  const examples = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${problems[code].title}`).join('. '),
    ...(codes.some(isPassing) ? { headers: retryAfterHeader } : {}),
    content: { 'application/problem+json': { schema, examples } },
  };
}

/** Of every problem type one, named after its code. */
export const problemExamples = problemCodes.map((code) => [code, exampleOf(code)] as const);

function exampleOf(code: ProblemCode) {
  const { status, title, when } = problems[code];
  const requestId = '5f0c2a51-8f6e-4f0b-9d0e-0c6a3a0a7b11';
  const value = { type: typeOf(code), title, status, code, detail: `${when}.`, requestId };
  return { summary: title, value };
}
