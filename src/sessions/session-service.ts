import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';

export interface SessionServiceOptions<T> {
  /** Tells kinds of sessions apart: a token of one kind is never accepted as another. Lower-case letters. */
  prefix: string;
  ttlMs: number;
  schema: z.ZodType<T>;
  /** The first signs; the others still verify, so that secrets can be rotated. */
  secrets: readonly [string, ...string[]];
  now?: () => number;
}

export interface Session<T> {
  /** The token: `<prefix>_<id, expiry, payload>.<signature>`, a capability that is never logged or stored. */
  sessionId: string;
  /** 144 random bits: what a session's own records are named after, by a hash. */
  id: string;
  /** ms since the epoch */
  expiresAt: number;
  payload: T;
}

export type SessionCheck<T> =
  { status: 'valid'; session: Session<T> } | { status: 'invalid' } | { status: 'expired' };

export interface SessionService<T> {
  issue(payload: T): Session<T>;
  /** The same session with its full time again, once half of that has gone; before, as it is. */
  slide(session: Session<T>): Session<T>;
  /** No look-up: a token that we did not sign is refused with no work done behind it. */
  verify(sessionId: string): SessionCheck<T>;
}

const idBytes = 18;
const expiryBytes = 6;
const maxTokenLength = 1_024;

/** Signed, random, typed session tokens that need no storage. */
export function createSessionService<T>({
  prefix,
  ttlMs,
  schema,
  secrets,
  now = Date.now,
}: SessionServiceOptions<T>): SessionService<T> {
  const sign = (secret: string, body: string) =>
    createHmac('sha256', secret).update(`${prefix}_${body}`).digest('base64url');
  const isSigned = (body: string, signature: string) =>
    secrets.some((secret) => equalInConstantTime(sign(secret, body), signature));

  function seal(id: string, payload: T): Session<T> {
    const expiresAt = now() + ttlMs;
    const expiry = Buffer.alloc(expiryBytes);
    expiry.writeUIntBE(expiresAt, 0, expiryBytes);
    const parts = [Buffer.from(id, 'base64url'), expiry, Buffer.from(JSON.stringify(payload))];
    const body = Buffer.concat(parts).toString('base64url');
    return { sessionId: `${prefix}_${body}.${sign(secrets[0], body)}`, id, expiresAt, payload };
  }

  return {
    issue: (payload) => seal(randomBytes(idBytes).toString('base64url'), payload),
    slide: (session) => (session.expiresAt - now() > ttlMs / 2 ? session : seal(session.id, session.payload)),
    verify(sessionId) {
      const [kind, rest = ''] = splitOnce(sessionId, '_');
      const [body, signature = ''] = splitOnce(rest, '.');
      if (sessionId.length > maxTokenLength || kind !== prefix || !isSigned(body, signature)) {
        return { status: 'invalid' };
      }
      const bytes = Buffer.from(body, 'base64url');
      const id = bytes.subarray(0, idBytes).toString('base64url');
      const expiresAt = bytes.readUIntBE(idBytes, expiryBytes);
      if (now() >= expiresAt) return { status: 'expired' };
      const payload = schema.safeParse(JSON.parse(bytes.subarray(idBytes + expiryBytes).toString()));
      // Signed by us, but by a version whose payload has changed since.
      if (!payload.success) return { status: 'invalid' };
      return { status: 'valid', session: { sessionId, id, expiresAt, payload: payload.data } };
    },
  };
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function equalInConstantTime(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
