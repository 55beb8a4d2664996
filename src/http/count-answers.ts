import type { CommandAnswer, CountCommand } from '../metrics/command-metrics.ts';
import { NotAcceptedError, type SubmissionResult, type SubmitCommand } from './submit-command.ts';

/** The same write path, with every answer counted. */
export function countAnswers(submit: SubmitCommand, count: CountCommand): SubmitCommand {
  return async (submission) => {
    const { type } = submission.command;
    try {
      const result = await submit(submission);
      count(type, answerOf(result));
      return result;
    } catch (error) {
      if (error instanceof NotAcceptedError) count(type, { status: 'not_accepted' });
      throw error;
    }
  };
}

const answerOf = (result: SubmissionResult): CommandAnswer =>
  result.status === 'rejected'
    ? { status: 'rejected', code: result.rejection.code }
    : { status: result.status };
