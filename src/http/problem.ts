import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { explain, type Rejection } from '../domain/rejections.ts';
import { isPassing, problems, typeOf, type ProblemCode } from './problem-catalogue.ts';

/** RFC 9457. `errors` names every field that is wrong, and which part of the request it is in. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  requestId?: string;
  errors?: FieldError[];
  /** When trying again may help; also sent as `Retry-After`. */
  retryAfterSeconds?: number;
  [extension: string]: unknown;
}

export interface FieldError {
  in: 'path' | 'query' | 'header' | 'body';
  /** A JSON Pointer (RFC 6901) as URI fragment: `#/items/3/quantity`, or `#/limit` of a query. */
  pointer: string;
  detail: string;
}

export function toProblem(code: ProblemCode, detail: string, extensions: object = {}): ProblemDetails {
  const { status, title } = problems[code];
  return { type: typeOf(code), title, status, code, detail, ...extensions };
}

export function rejectionToProblem(rejection: Rejection): ProblemDetails {
  const { code, ...facts } = rejection;
  return toProblem(code, explain(rejection), facts);
}

/** Answers with a problem; `Retry-After` where trying again is what helps. */
export function sendProblem(c: Context, problem: ProblemDetails): Response {
  const requestId = c.get('requestId') as string | undefined;
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  const retryAfter = problem.retryAfterSeconds ?? (isPassing(problem.code) ? 1 : undefined);
  if (retryAfter !== undefined) headers['retry-after'] = String(retryAfter);
  const body = JSON.stringify(requestId ? { ...problem, requestId } : problem);
  return c.body(body, problem.status as ContentfulStatusCode, headers);
}

/** Thrown where a handler cannot go on; the app's error handler answers with it. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails, options?: ErrorOptions) {
    super(problem.detail, options);
    this.problem = problem;
  }
}

export const fail = (code: ProblemCode, detail: string, options?: ErrorOptions): ProblemError =>
  new ProblemError(toProblem(code, detail), options);
