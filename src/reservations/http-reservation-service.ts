import { z } from 'zod';
import type {
  AdjustRequest,
  AdjustResult,
  ReservationService,
  ReserveEntry,
  ReserveResult,
} from '../../activities/ports.ts';
import { detailOf, offContract, parseAnswer, printable, serviceId } from '../services/service-answers.ts';
import { createServiceCaller, type CallService } from '../services/service-caller.ts';

export interface HttpReservationServiceOptions {
  /** Such as `http://127.0.0.1:4000`. */
  baseUrl: string;
  fetch?: typeof globalThis.fetch;
}

/** Of a hold that the service ends by itself. */
const expiry = {
  expires_at: z.iso
    .datetime({ offset: true })
    .transform((text) => Date.parse(text))
    .optional(),
};
const reserved = z.object({ reservation_id: serviceId, ...expiry });
const adjusted = z.object({ reservation_id: z.string(), quantity: z.number(), ...expiry });
const batch = z.object({
  results: z.array(
    z.discriminatedUnion('status', [
      reserved.extend({ key: z.string(), status: z.literal('reserved') }),
      z.object({ key: z.string(), status: z.literal('unavailable'), reason: z.string() }),
    ]),
  ),
});

/** Released, expired or never there. */
const gone = [404, 410];

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
    adjust: (request, signal) => adjust(call, request, signal),
    async release(hold, signal) {
      const path = hold.by === 'id' ? pathOf(hold.reservationId) : `/reservations?key=${encoded(hold.key)}`;
      // 404: nothing of that name is held. 409: it was sold, so there is nothing left to let go.
      await call('DELETE', path, { meaningful: [404, 409], signal });
    },
    async commit(reservationId, signal) {
      // 409: what is over cannot be sold; a service may say so instead of 404.
      const meaningful = [...gone, 409];
      const { status } = await call('POST', `${pathOf(reservationId)}/commit`, { meaningful, signal });
      return meaningful.includes(status) ? 'gone' : 'committed';
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
  const answer = parseAnswer(reserved, response);
  return { key, status: 'reserved', reservationId: answer.reservation_id, ...expiryOf(answer) };
}

/** The answer must name each entry once and nothing else. */
async function reserveMany(
  call: CallService,
  entries: readonly ReserveEntry[],
  signal: AbortSignal,
): Promise<ReserveResult[]> {
  const response = await call('POST', '/reserve/batch', { body: { entries }, signal });
  const { results: answers } = parseAnswer(batch, response);
  const results = new Map(answers.map((result) => [result.key, result]));
  if (answers.length !== entries.length) throw offContract(response);
  return entries.map(({ key }): ReserveResult => {
    const result = results.get(key);
    if (!result) throw offContract(response);
    return result.status === 'reserved'
      ? { key, status: 'reserved', reservationId: result.reservation_id, ...expiryOf(result) }
      : { key, status: 'unavailable', reason: printable(result.reason) };
  });
}

async function adjust(
  call: CallService,
  { key, reservationId, quantity }: AdjustRequest,
  signal: AbortSignal,
): Promise<AdjustResult> {
  const meaningful = [...gone, 409];
  const response = await call('PUT', pathOf(reservationId), { body: { quantity }, key, meaningful, signal });
  if (gone.includes(response.status)) return { status: 'gone' };
  if (response.status === 409) return unavailable(response.answer);
  const answer = parseAnswer(adjusted, response);
  if (answer.reservation_id !== reservationId || answer.quantity !== quantity) throw offContract(response);
  return { status: 'adjusted', ...expiryOf(answer) };
}

const encoded = encodeURIComponent;
const pathOf = (reservationId: string): string => `/reservations/${encoded(reservationId)}`;

const expiryOf = ({ expires_at: expiresAt }: { expires_at?: number | undefined }): { expiresAt?: number } =>
  expiresAt === undefined ? {} : { expiresAt };

function unavailable(answer: string): { status: 'unavailable'; reason: string } {
  return { status: 'unavailable', reason: printable(detailOf(answer) ?? 'out of stock') };
}
