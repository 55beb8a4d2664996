import type { Policy, Taken } from '../limits/rate-limits.ts';
import { ProblemError, toProblem, type ProblemDetails } from './problem.ts';

const whatIsCounted: Record<Policy, string> = {
  'session-commands': 'changes of this cart',
  'session-reads': 'reads of this cart',
  'address-commands': 'changes from your network',
  'address-reads': 'reads from your network',
  'address-sessions': 'new sessions from your network',
  'address-units': 'units reserved from your network',
};

/** `violated-policies` is the member that the draft of the `RateLimit` fields gives to such problems. */
export function tooManyRequests({ policy, quota, resetMs }: Taken): ProblemError {
  const retryAfterSeconds = toSeconds(resetMs);
  const bound = `${quota.points} ${whatIsCounted[policy]} in ${toSeconds(quota.windowMs)} s`;
  const detail = `More than ${bound}. Try again in ${retryAfterSeconds} s.`;
  const facts = { retryAfterSeconds, 'violated-policies': [policy] };
  return new ProblemError(toProblem('too_many_requests', detail, facts));
}

/** Commands are stored faster than the cart gets through them, or nobody works on it. */
export function cartIsBusy(retryAfterMs: number): ProblemDetails {
  const retryAfterSeconds = toSeconds(retryAfterMs);
  const detail = `The cart has not got through its earlier commands. Try again in ${retryAfterSeconds} s.`;
  return toProblem('too_many_requests', detail, { retryAfterSeconds, 'violated-policies': ['cart-backlog'] });
}

/** Up, so that who waits for as long is not refused again. */
export const toSeconds = (ms: number): number => Math.max(Math.ceil(ms / 1_000), 1);
