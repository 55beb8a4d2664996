import { z } from 'zod';
import type { ReservationService, ReserveEntry, ReserveResult } from '../../activities/ports.ts';
import { ReservationUnreachableError } from './reservation-errors.ts';
import {
  createServiceCaller,
  detailOf,
  fromJson,
  type CallService,
  type ServiceAnswer,
} from './service-caller.ts';

export interface HttpReservationServiceOptions {
  /** Such as `http://127.0.0.1:4000`. */
  baseUrl: string;
  fetch?: typeof globalThis.fetch;
}

/** What the service says ends up in Temporal and Postgres: bounded, and without what they cannot store. */
const reservationId = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,255}$/u);
const reserved = z.object({ reservation_id: reservationId });
const adjusted = z.object({ reservation_id: z.string(), quantity: z.number() });
const batch = z.object({
  results: z.array(
    z.discriminatedUnion('status', [
      z.object({ key: z.string(), status: z.literal('reserved'), reservation_id: reservationId }),
      z.object({ key: z.string(), status: z.literal('unavailable'), reason: z.string() }),
    ]),
  ),
});

/** The reservation service over HTTP; its contract is docs/reservation-service.md. */
export function createHttpReservationService({
  baseUrl,
  fetch = globalThis.fetch,
}: HttpReservationServiceOptions): ReservationService {
  const call = createServiceCaller(baseUrl, fetch);
  return {
    async reserve(entries, signal) {
      const [only, ...others] = entries;
      return only && others.length === 0
        ? [await reserveOne(call, only, signal)]
        : await reserveMany(call, entries, signal);
    },
    async adjust({ key, reservationId: id, quantity }, signal) {
      const path = `/reservations/${encodeURIComponent(id)}`;
      const response = await call('PUT', path, { body: { quantity }, key, meaningful: [409], signal });
      if (response.status === 409) return unavailable(response.answer);
      const answer = parse(adjusted, response);
      if (answer.reservation_id === id && answer.quantity === quantity) return { status: 'adjusted' };
      throw offContract(response);
    },
    async release(hold, signal) {
      const path =
        hold.by === 'id'
          ? `/reservations/${encodeURIComponent(hold.reservationId)}`
          : `/reservations?key=${encodeURIComponent(hold.key)}`;
      // 404: nothing of that name is held. 409: it was sold, so there is nothing left to let go.
      await call('DELETE', path, { meaningful: [404, 409], signal });
    },
  };
}

async function reserveOne(
  call: CallService,
  { key, item, quantity }: ReserveEntry,
  signal: AbortSignal,
): Promise<ReserveResult> {
  const response = await call('POST', '/reserve', {
    body: { item, quantity },
    key,
    meaningful: [409],
    signal,
  });
  if (response.status === 409) return { key, ...unavailable(response.answer) };
  return { key, status: 'reserved', reservationId: parse(reserved, response).reservation_id };
}

/** The answer must name each entry once and nothing else. */
async function reserveMany(
  call: CallService,
  entries: readonly ReserveEntry[],
  signal: AbortSignal,
): Promise<ReserveResult[]> {
  const response = await call('POST', '/reserve/batch', { body: { entries }, signal });
  const { results: answers } = parse(batch, response);
  const results = new Map(answers.map((result) => [result.key, result]));
  if (answers.length !== entries.length) throw offContract(response);
  return entries.map(({ key }): ReserveResult => {
    const result = results.get(key);
    if (!result) throw offContract(response);
    return result.status === 'reserved'
      ? { key, status: 'reserved', reservationId: result.reservation_id }
      : { key, status: 'unavailable', reason: printable(result.reason) };
  });
}

function parse<T>(schema: z.ZodType<T>, response: ServiceAnswer): T {
  const parsed = schema.safeParse(fromJson(response.answer));
  if (parsed.success) return parsed.data;
  throw offContract(response, parsed.error);
}

/** Retryable, since what it says about the outcome is not known. */
function offContract({ what, status }: ServiceAnswer, cause?: unknown): ReservationUnreachableError {
  const message = `${what} was answered ${status} in a form that is not in the contract`;
  return new ReservationUnreachableError(message, cause === undefined ? {} : { cause });
}

function unavailable(answer: string): { status: 'unavailable'; reason: string } {
  return { status: 'unavailable', reason: printable(detailOf(answer) ?? 'out of stock') };
}

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cs}]/gu, ' ').slice(0, 200);
