import type { z } from 'zod';
import { fail } from './problem.ts';
import type { AppContext } from './types.ts';

/**
 * The cursor of the page that starts after this position, null where there is none. Says it in a `Link` header
 * (RFC 8288) too, with everything else that the request asked for.
 */
export function linkNext(c: AppContext, position: unknown): string | null {
  if (position === undefined) return null;
  const cursor = encodeCursor(position);
  const url = new URL(c.req.url);
  url.searchParams.set('cursor', cursor);
  c.header('Link', `<${url.pathname}${url.search}>; rel="next"`);
  return cursor;
}

/** Opaque to clients: where a list goes on. */
const encodeCursor = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** The position in a cursor of ours; anything else is a 400. */
export function decodeCursor<T>(schema: z.ZodType<T>, cursor: string): T {
  const parsed = schema.safeParse(fromJson(Buffer.from(cursor, 'base64url').toString()));
  if (parsed.success) return parsed.data;
  throw fail('malformed_request', 'The cursor is not one of ours: use the `next` of a page as it is.');
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
