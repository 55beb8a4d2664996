import { z } from 'zod';
import { ServiceUnreachableError } from './service-errors.ts';

export interface ServiceAnswer {
  status: number;
  answer: string;
  /** The call, for messages. */
  what: string;
}

/** What a service says ends up in Temporal and Postgres: bounded, and without what they cannot store. */
export const serviceId = z
  .string()
  .regex(/^[^\p{Cc}\p{Cs}]{1,255}$/u, 'must be 1 to 255 printable characters');

const refusal = z.object({ detail: z.string() });

/** Throws `ServiceUnreachableError` when the answer is not in the form that the contract has for it. */
export function parseAnswer<T>(schema: z.ZodType<T>, response: ServiceAnswer): T {
  const parsed = schema.safeParse(fromJson(response.answer));
  if (parsed.success) return parsed.data;
  throw offContract(response, parsed.error);
}

/** Retryable, since what it says about the outcome is not known. */
export function offContract({ what, status }: ServiceAnswer, cause?: unknown): ServiceUnreachableError {
  const message = `${what} was answered ${status} in a form that is not in the contract`;
  return new ServiceUnreachableError(message, cause === undefined ? {} : { cause });
}

/** The `detail` of a problem document, if the answer is one. */
export function detailOf(answer: string): string | undefined {
  const parsed = refusal.safeParse(fromJson(answer));
  return parsed.success ? parsed.data.detail : undefined;
}

/** A text of a service, for people. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, 200);

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
