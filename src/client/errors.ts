import type { Problem } from './types.ts';

/** The API said no, and why: RFC 9457. Sending the same again will not help, except where `problem` says so. */
export class CartProblemError extends Error {
  override name = 'CartProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** The command is stored and will be decided; it was not within the time that the caller gives it. */
export class UndecidedError extends Error {
  override name = 'UndecidedError';
  readonly operationId: string;

  constructor(operationId: string) {
    super(`Operation ${operationId} is accepted and not decided yet`);
    this.operationId = operationId;
  }
}

/** No answer, however often it was tried. Repeating a command under the same Idempotency-Key stays safe. */
export class UnreachableError extends Error {
  override name = 'UnreachableError';
}

export async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string') return problem;
  } catch {
    // Something between us and the API answered.
  }
  const { status, statusText } = response;
  return {
    type: 'about:blank',
    title: statusText,
    status,
    code: 'not_a_problem',
    detail: text.slice(0, 200),
  };
}
