import { z } from 'zod';
import { serviceId } from '../services/service-answers.ts';

export const newsTypes = ['payment.succeeded', 'payment.failed'] as const;

/** For the document: `\p{…}` is not known to every reader of a JSON Schema, and JSON has no surrogates. */
const printable = (max: number) => ({ pattern: `^[^\\x00-\\x1f\\x7f-\\x9f]{1,${max}}$` });

const id = serviceId.meta(printable(255));

/** News of a payment, as the payment service sends it. */
export const paymentMessage = z.object({
  type: z.enum(newsTypes),
  data: z.object({
    orderId: id,
    paymentId: id,
    amountMinor: z.int().min(0),
    currency: z.string().regex(/^[A-Z]{3}$/),
  }),
});

/** What any message has; of a type that is none of the above it says nothing to carts. */
export const anyMessage = z.object({
  type: z
    .string()
    .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u)
    .meta({ ...printable(100), not: { enum: newsTypes } }),
});
