import type { Verdict as VerdictOf } from '../stub/service-call.ts';
import type { Answer, Entry, Hold, Ledger } from './ledger.ts';

export type Verdict = VerdictOf<Answer, Entry>;

export interface Request {
  key: string;
  quantity: number;
  at: string;
  /** When the hold ends by itself, if this is granted. */
  expiresAt?: string | undefined;
}

export function reserve(
  ledger: Ledger,
  { key, item, quantity, at, expiresAt }: Request & { item: string },
  stock: number,
): Verdict {
  const request = `reserve ${quantity} ${item}`;
  const earlier = answeredBefore(ledger, key, request);
  if (earlier) return { answer: earlier };
  if (ledger.tombstones.has(key)) return refuse(key, request, keyReleased, at);
  const available = availableOf(ledger, item, stock);
  if (quantity > available) return refuse(key, request, outOfStock(item, available), at);
  const reservationId = `r-${String(ledger.holds.size + 1).padStart(6, '0')}`;
  return {
    answer: { status: 'reserved', reservationId, quantity, expiresAt },
    entry: { type: 'reserved', key, request, reservationId, item, quantity, at, expiresAt },
  };
}

/** To the quantity that is held already: a renewal, which needs no stock. */
export function adjust(
  ledger: Ledger,
  { key, reservationId, quantity, at, expiresAt }: Request & { reservationId: string },
  stockOf: (item: string) => number,
): Verdict {
  const request = `adjust ${reservationId} ${quantity}`;
  const earlier = answeredBefore(ledger, key, request);
  if (earlier) return { answer: earlier };
  if (ledger.tombstones.has(key)) return refuse(key, request, keyReleased, at);
  const hold = ledger.holds.get(reservationId);
  if (hold?.state === 'committed') return refuse(key, request, 'this reservation is committed', at);
  if (hold?.state !== 'held') return { answer: goneOf(hold) };
  const available = availableOf(ledger, hold.item, stockOf(hold.item)) + hold.quantity;
  if (quantity > available) return refuse(key, request, outOfStock(hold.item, available), at);
  return {
    answer: { status: 'reserved', reservationId, quantity, expiresAt },
    entry: { type: 'adjusted', key, request, reservationId, quantity, at, expiresAt },
  };
}

export function release(ledger: Ledger, reservationId: string, at: string): Verdict {
  const hold = ledger.holds.get(reservationId);
  if (hold?.state === 'committed') return { answer: { status: 'committed' } };
  if (hold?.state !== 'held') return { answer: { status: 'released' } };
  return { answer: { status: 'released' }, entry: { type: 'released', reservationId, at } };
}

/** Safe when the outcome of the reservation is unknown: what has not taken effect yet never will. */
export function releaseKey(ledger: Ledger, key: string, at: string): Verdict {
  const reservationId = ledger.idByKey.get(key);
  if (reservationId !== undefined) return release(ledger, reservationId, at);
  if (ledger.tombstones.has(key)) return { answer: { status: 'released' } };
  return { answer: { status: 'released' }, entry: { type: 'tombstone', key, at } };
}

export function commit(ledger: Ledger, reservationId: string, at: string): Verdict {
  const hold = ledger.holds.get(reservationId);
  const answer: Answer = { status: 'committed' };
  if (hold?.state === 'committed') return { answer };
  if (hold?.state !== 'held') return { answer: goneOf(hold) };
  return { answer, entry: { type: 'committed', reservationId, at } };
}

function answeredBefore(ledger: Ledger, key: string, request: string): Answer | undefined {
  const earlier = ledger.answers.get(key);
  if (!earlier) return undefined;
  return earlier.request === request ? earlier.answer : { status: 'key_reused' };
}

function refuse(key: string, request: string, reason: string, at: string): Verdict {
  return { answer: { status: 'unavailable', reason }, entry: { type: 'refused', key, request, reason, at } };
}

/** Final, so that it needs no entry under a key: it will be the answer again. */
function goneOf(hold: Hold | undefined): Answer {
  return {
    status: 'gone',
    reason: hold ? `this reservation is ${hold.state}` : 'there is no such reservation',
  };
}

function availableOf(ledger: Ledger, item: string, stock: number): number {
  const { held, sold } = ledger.taken(item);
  return Math.max(stock - held - sold, 0);
}

const keyReleased = 'this key was released';

const outOfStock = (item: string, available: number): string =>
  `out of stock: ${available} of "${item}" left`;
