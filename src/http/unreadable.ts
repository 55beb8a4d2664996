import { randomUUID } from 'node:crypto';
import { toProblem } from './problem.ts';

const unreadable = {
  400: ['malformed_request', 'This is no HTTP/1.1 request, or its host or target is no URL.'],
  408: ['request_timeout', 'The request did not arrive in time. Send it again, all at once.'],
  431: ['headers_too_large', 'All headers together are more than is taken. Send fewer or shorter ones.'],
} as const;

/** The problem of a request that ends before it reaches the app. */
export function answerUnreadable(status: keyof typeof unreadable) {
  const requestId = randomUUID();
  const [code, detail] = unreadable[status];
  const problem = toProblem(code, detail, { requestId });
  const headers = { 'content-type': 'application/problem+json', 'x-request-id': requestId };
  return { headers, body: JSON.stringify(problem) };
}
