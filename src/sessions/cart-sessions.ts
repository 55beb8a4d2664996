import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createSessionService, type Session, type SessionService } from './session-service.ts';

/** Who a cart session belongs to. A cart session is not a login. */
const cartSessionPayload = z.object({ kind: z.literal('guest') });
export type CartSessionPayload = z.infer<typeof cartSessionPayload>;

export type CartSession = Session<CartSessionPayload>;
export type CartSessions = SessionService<CartSessionPayload>;

export function createCartSessions(options: {
  secrets: readonly [string, ...string[]];
  ttlMs: number;
}): CartSessions {
  return createSessionService({ prefix: 'cart', schema: cartSessionPayload, ...options });
}

/** The only name of a cart outside the client: a hash, so that Temporal and Postgres never hold the capability. */
export const cartIdOf = (session: Pick<CartSession, 'id'>): string => hashOf(`cart:${session.id}`);

/** A user's cart is the same on every device. Never that of a session: what is hashed starts otherwise. */
export const cartIdOfUser = ({ issuer, subject }: { issuer: string; subject: string }): string =>
  hashOf(`user:${JSON.stringify([issuer, subject])}`);

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);
