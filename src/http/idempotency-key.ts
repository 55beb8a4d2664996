import { fail } from './problem.ts';

const maxLength = 255;

/**
 * The key in an `Idempotency-Key` header. The IETF draft sends it as a quoted string, most clients without quotes:
 * both are the same key.
 */
export function idempotencyKeyFrom(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header)?.[1];
  const key = quoted?.replace(/\\(["\\])/g, '$1') ?? header;
  if (key === '' || key.length > maxLength) {
    throw fail('malformed_request', `Idempotency-Key must have 1 to ${maxLength} characters.`);
  }
  return key;
}
