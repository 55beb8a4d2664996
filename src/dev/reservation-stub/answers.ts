import { problem, type StubContext } from '../stub/answers.ts';
import type { Answer } from './ledger.ts';

export function refuse(c: StubContext, answer: Answer): Response {
  switch (answer.status) {
    case 'key_reused':
      return problem(c, 422, 'This Idempotency-Key belongs to another request.');
    case 'gone':
      return problem(c, 404, answer.reason);
    default:
      return problem(c, 409, reasonOf(answer));
  }
}

export const reasonOf = (answer: Answer): string =>
  answer.status === 'unavailable' ? answer.reason : `refused: ${answer.status.replace('_', ' ')}`;
