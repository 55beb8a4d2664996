import type { AppContext } from './types.ts';

export const etagOf = (version: number): string => `"${version}"`;

/** Sets the `ETag`; true when the client has this version already, so that a 304 is the answer. */
export function isNotModified(c: AppContext, version: number): boolean {
  const etag = etagOf(version);
  c.header('ETag', etag);
  const known = (c.req.header('If-None-Match') ?? '').split(',').map((tag) => tag.trim());
  // RFC 9110 13.1.2: weak comparison, as a proxy that compresses may have weakened it.
  return known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}
