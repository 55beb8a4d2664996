import type { IfMatch } from '../domain/precondition.ts';
import type { AppContext } from './types.ts';

export const etagOf = (version: number): string => `"${version}"`;

/** The tags that the client has, or nothing when it did not say: then no version has to be looked up for a 304. */
export const knownTags = (c: AppContext): string | undefined => c.req.header('If-None-Match');

/** Sets the `ETag`; true when the client has this version already, so that a 304 is the answer. */
export function isNotModified(c: AppContext, version: number): boolean {
  const etag = etagOf(version);
  c.header('ETag', etag);
  const known = (knownTags(c) ?? '').split(',').map((tag) => tag.trim());
  // RFC 9110 13.1.2: weak comparison, as a proxy that compresses may have weakened it.
  return known.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

const entityTag = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;

const entityTags = new RegExp(entityTag, 'g');

/** `*` or a list of tags. What is neither is refused: a condition that nobody understands must not be taken as none. */
export const ifMatchPattern = new RegExp(String.raw`^(?:\s*\*\s*|[\s,]*(?:${entityTag}\s*(?:,[\s,]*|$))*)$`);

/** The versions that `If-Match` names. Weak tags never match (RFC 9110 13.1.1), and those that are not ours neither. */
export function ifMatchFrom(header: string | undefined): IfMatch | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  const tags = [...header.matchAll(entityTags)].map(([tag]) => tag);
  return tags.flatMap((tag) => {
    const version = /^"(0|[1-9]\d{0,9})"$/.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
