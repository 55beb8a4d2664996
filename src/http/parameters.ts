import { z } from '@hono/zod-openapi';
import { ifMatchPattern } from './etag.ts';
import { example } from './examples.ts';
import { idempotencyKeyPattern } from './idempotency-key.ts';
import { sessionCookie, sessionHeader } from './middleware/session.ts';

/** Ids are ours. Postgres stores no NUL, and a command that it cannot store must not get in. */
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not an id: copy it from an answer');

export const itemParams = z.object({ itemId: id.openapi({ example: example.itemId }) });

export const operationParams = z.object({ operationId: id.openapi({ example: example.operationId }) });

export const orderParams = z.object({ orderId: id.openapi({ example: example.orderId }) });

export const eventParams = z.object({ eventId: id.openapi({ example: example.eventId }) });

/** A whole number as a query sends it; `Number` alone would take `0x10`, `1e1` and nothing at all. */
export const wholeNumber = ({ min, max }: { min: number; max: number }) =>
  z
    .string()
    .regex(/^[0-9]{1,16}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(min).max(max))
    .openapi({ type: 'integer', minimum: min, maximum: max });

/** Pages: as many as `limit`, after what `cursor` (the `next` of the page before) stands for. */
export const pageQuery = z.object({
  limit: wholeNumber({ min: 1, max: 100 }).default(20).openapi({ example: 20 }),
  cursor: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,500}$/, 'is not a cursor: use the `next` of a page as it is')
    .optional()
    .openapi({ format: 'cursor', description: 'Where the page goes on: the `next` of the page before' }),
});

/** ms since the epoch. No cart is older than that, and Postgres knows no year 0. */
export const msOf = (time: string): number => Math.max(Date.parse(time), 0);

export const instant = z.iso
  .datetime({ offset: true, error: 'is not a time (2026-11-24T12:00:00Z, a plus sign sent as %2B)' })
  .openapi({ example: '2026-11-24T12:00:00Z' });

const version = /^[0-9]{1,9}$/;

/** A version, or an instant in ms since the epoch. */
const moment = z
  .string()
  .transform((text, context) => {
    if (version.test(text)) return { version: Number(text) };
    if (instant.safeParse(text).success) return { time: msOf(text) };
    const message = 'is neither a version (7) nor a time (2026-11-24T12:00:00Z, a plus sign sent as %2B)';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    anyOf: [{ pattern: version.source }, { format: 'date-time' }],
    example: '2',
    description: 'A version, or a time (RFC 3339)',
  });

export const historyQuery = pageQuery.extend({ at: moment.optional() });

/** Of every command. What is added here is validated and documented for all of them. */
export const commandHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .regex(idempotencyKeyPattern, 'must have 1 to 255 printable ASCII characters')
    .optional()
    .openapi({
      example: '5f0c2a51-8f6e-4f0b-9d0e-0c6a3a0a7b11',
      description: 'A repeated command with the same key is applied once; remembered for 24 hours',
    }),
  'If-Match': z
    .string()
    .regex(ifMatchPattern, 'takes `*` or ETags as they were sent: `"7"`, with the quotes')
    .optional()
    .openapi({ example: '"3"', description: 'Applied only while the cart has this `ETag`' }),
  Prefer: z.string().optional().openapi({
    example: 'wait=5',
    description:
      'RFC 7240: `respond-async` answers 202 at once, `wait=<seconds>` waits as long for the outcome',
  }),
});

export const conditionalHeaders = z.object({
  'If-None-Match': z.string().optional().openapi({
    example: '"3"',
    description: 'Answers 304 when this is still the `ETag`',
  }),
});

/** Who brings no session gets a new one; the cookie does when there is no header. */
export const sessionHeaders = {
  [sessionHeader]: z.string().optional().openapi({
    example: example.sessionId,
    description: 'From `POST /api/v1/sessions` or an earlier answer; without it the cookie counts',
  }),
};

export const sessionCookies = z.object({
  [sessionCookie]: z.string().optional().openapi({ example: example.sessionId }),
});

/** Standard Webhooks; verified together with the body. */
const signed = (value: string, description: string) => z.string().openapi({ example: value, description });
export const webhookHeaders = z.object({
  'webhook-id': signed('msg_000001', 'The same each time that the message is sent'),
  'webhook-timestamp': signed('1795521600', 'Seconds since the epoch'),
  'webhook-signature': signed('v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=', 'Of id, timestamp and body'),
});
