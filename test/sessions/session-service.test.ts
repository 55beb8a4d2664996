import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cartIdOf, createCartSessions } from '../../src/sessions/cart-sessions.ts';
import { createSessionService, type SessionServiceOptions } from '../../src/sessions/session-service.ts';

const schema = z.object({ kind: z.literal('guest') });
const guest = { kind: 'guest' } as const;
const issuedAt = 1_700_000_000_000;
const ttlMs = 60_000;

function service(options: Partial<SessionServiceOptions<z.infer<typeof schema>>> = {}) {
  return createSessionService({
    prefix: 'cart',
    ttlMs,
    schema,
    secrets: ['secret'],
    now: () => issuedAt,
    ...options,
  });
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const others = (character: string) => [...alphabet].filter((other) => other !== character);

describe('a session', () => {
  it('that was issued is valid, with what was put in', () => {
    const session = service().issue(guest);
    expect(service().verify(session.sessionId)).toEqual({ status: 'valid', session });
    expect(session).toMatchObject({ payload: guest, expiresAt: issuedAt + ttlMs });
  });

  it('fits into a path, a header and a cookie as it is', () => {
    expect(service().issue(guest).sessionId).toMatch(/^cart_[\w-]+\.[\w-]{43}$/);
  });

  it('has an id of 144 bits that never comes twice', () => {
    const ids = Array.from({ length: 1_000 }, () => service().issue(guest).id);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(18);
  });

  it('is valid up to its last millisecond, then expired', () => {
    const { sessionId } = service().issue(guest);
    const at = (now: number) => service({ now: () => now }).verify(sessionId).status;
    expect(at(issuedAt + ttlMs - 1)).toBe('valid');
    expect(at(issuedAt + ttlMs)).toBe('expired');
  });

  it('slides once half of its time has gone: the same session, of the same cart, with its full time again', () => {
    const session = service().issue(guest);
    const at = (now: number) => service({ now: () => now });
    expect(at(issuedAt + ttlMs / 2 - 1).slide(session)).toEqual(session);
    const later = at(issuedAt + ttlMs / 2);
    const slid = later.slide(session);
    expect(slid).toMatchObject({ id: session.id, payload: guest, expiresAt: issuedAt + 1.5 * ttlMs });
    expect(cartIdOf(slid)).toBe(cartIdOf(session));
    expect(later.verify(slid.sessionId)).toEqual({ status: 'valid', session: slid });
  });

  it('signed with a secret that was rotated out is valid as long as that secret is listed', () => {
    const { sessionId } = service({ secrets: ['old'] }).issue(guest);
    expect(service({ secrets: ['new', 'old'] }).verify(sessionId).status).toBe('valid');
    expect(service({ secrets: ['new'] }).verify(sessionId).status).toBe('invalid');
  });

  it('is signed with the first secret', () => {
    const { sessionId } = service({ secrets: ['new', 'old'] }).issue(guest);
    expect(service({ secrets: ['new'] }).verify(sessionId).status).toBe('valid');
    expect(service({ secrets: ['old'] }).verify(sessionId).status).toBe('invalid');
  });
});

describe('invalid is', () => {
  const { sessionId } = service().issue(guest);
  const [head, signature = ''] = sessionId.split('.');
  const body = head?.slice('cart_'.length) ?? '';
  const sign = (text: string) => createHmac('sha256', 'secret').update(`cart_${text}`).digest('base64url');

  it.each([
    ['nothing', ''],
    ['a prefix alone', 'cart_'],
    ['a made-up token', 'cart_abc.def'],
    ['a token without its signature', head ?? ''],
    ['an empty signature', `${head}.`],
    ['a shortened signature', sessionId.slice(0, -1)],
    ['a padded signature', `${sessionId}=`],
    [
      'the signature in the other base64',
      `${head}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    ],
    ['a second signature', `${sessionId}.${signature}`],
    ['no prefix', `${body}.${signature}`],
    ['space around it', ` ${sessionId}`],
    ['what is no base64', 'cart_%%%.***'],
    ['other scripts', 'cart_苹果.签名'],
    ['a token with a NUL', `${sessionId}\u0000`],
    [
      'a token that is too long, whatever its signature',
      `cart_${'A'.repeat(2_000)}.${sign('A'.repeat(2_000))}`,
    ],
  ])('%s', (_, token) => {
    expect(service().verify(token)).toEqual({ status: 'invalid' });
  });

  it('a token of another secret', () => {
    expect(service({ secrets: ['other'] }).verify(sessionId).status).toBe('invalid');
  });

  it('a token of another kind, also under its own name', () => {
    const admin = service({ prefix: 'admin' }).issue(guest).sessionId;
    expect(service().verify(admin).status).toBe('invalid');
    expect(service().verify(admin.replace('admin_', 'cart_')).status).toBe('invalid');
  });

  it('any other last character of the body or of the signature, so that a session has one name', () => {
    for (const other of others(body.at(-1) ?? '')) {
      expect(service().verify(`cart_${body.slice(0, -1)}${other}.${signature}`).status).toBe('invalid');
    }
    for (const other of others(signature.at(-1) ?? '')) {
      expect(service().verify(`${sessionId.slice(0, -1)}${other}`).status).toBe('invalid');
    }
  });

  it('a token whose payload has another schema since', () => {
    const next = createSessionService({
      prefix: 'cart',
      ttlMs,
      schema: z.object({ kind: z.literal('guest'), region: z.string() }),
      secrets: ['secret'],
      now: () => issuedAt,
    });
    expect(next.verify(sessionId)).toEqual({ status: 'invalid' });
  });
});

describe('a cart session', () => {
  const sessions = createCartSessions({ secrets: ['secret'], ttlMs });

  it('names its cart by a hash, which does not tell the session', () => {
    const session = sessions.issue(guest);
    expect(cartIdOf(session)).toMatch(/^[0-9a-f]{32}$/);
    expect(session.sessionId).not.toContain(cartIdOf(session));
    expect(cartIdOf(session)).not.toBe(cartIdOf(sessions.issue(guest)));
  });

  it('has the same cart after its secret was rotated', () => {
    const session = sessions.issue(guest);
    const rotated = createCartSessions({ secrets: ['new', 'secret'], ttlMs }).verify(session.sessionId);
    expect(rotated.status === 'valid' && cartIdOf(rotated.session)).toBe(cartIdOf(session));
  });
});
