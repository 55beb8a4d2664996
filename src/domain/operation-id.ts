/**
 * An operation's id is made of its key on its cart and of what was asked, so that a key that is used again is
 * known by its first part and a repeated request by the whole. Both in hex: a range of ids has all of one key.
 */
const keyLength = 32;
const requestLength = 12;
const form = new RegExp(`^[0-9a-f]{${keyLength + requestLength}}$`);

/** `key` and `fingerprint` are digests of 32 hex digits. */
export const operationIdOf = (key: string, fingerprint: string): string =>
  key + fingerprint.slice(0, requestLength);

/** Ids that are not of this form (of payments, touches, signals by hand) are keys of their own. */
export const keyOf = (operationId: string): string =>
  form.test(operationId) ? operationId.slice(0, keyLength) : operationId;

/** The first and the last id that a key can have. */
export function idsOfKey(operationId: string): { first: string; last: string } {
  const key = keyOf(operationId);
  if (key === operationId) return { first: key, last: key };
  return { first: key + '0'.repeat(requestLength), last: key + 'f'.repeat(requestLength) };
}
