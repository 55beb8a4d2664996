/** The stub's books. Pure: entries in, state and answers out; the file and the clock are elsewhere. */
export interface Hold {
  reservationId: string;
  key: string;
  item: string;
  quantity: number;
  state: 'held' | 'released' | 'committed';
  at: string;
}

/** What happened, as it stands in the ledger's file. */
export type Entry =
  | {
      type: 'reserved';
      key: string;
      request: string;
      reservationId: string;
      item: string;
      quantity: number;
      at: string;
    }
  | { type: 'adjusted'; key: string; request: string; reservationId: string; quantity: number; at: string }
  | { type: 'refused'; key: string; request: string; reason: string; at: string }
  | { type: 'released'; reservationId: string; at: string }
  /** A key released before its reservation took effect: it never will. */
  | { type: 'tombstone'; key: string; at: string }
  | { type: 'committed'; reservationId: string; at: string };

export type Answer =
  | { status: 'reserved'; reservationId: string; quantity: number }
  | { status: 'unavailable'; reason: string }
  | { status: 'key_reused' }
  | { status: 'not_found' }
  | { status: 'released' }
  | { status: 'committed' };

/** An answer, and what has to be written down before it is given. */
export interface Verdict {
  answer: Answer;
  entry?: Entry;
}

export interface Ledger {
  holds: ReadonlyMap<string, Hold>;
  idByKey: ReadonlyMap<string, string>;
  /** Answers given under a key, with the request they answered. */
  answers: ReadonlyMap<string, { request: string; answer: Answer }>;
  tombstones: ReadonlySet<string>;
  apply(entry: Entry): void;
  /** Units of an item that are held or sold. */
  taken(item: string): { held: number; sold: number };
}

export function createLedger(): Ledger {
  const holds = new Map<string, Hold>();
  const idByKey = new Map<string, string>();
  const answers = new Map<string, { request: string; answer: Answer }>();
  const tombstones = new Set<string>();
  const taken = new Map<string, { held: number; sold: number }>();

  function count(item: string, change: { held?: number; sold?: number }) {
    const before = taken.get(item) ?? { held: 0, sold: 0 };
    taken.set(item, { held: before.held + (change.held ?? 0), sold: before.sold + (change.sold ?? 0) });
  }

  function close(reservationId: string, state: 'released' | 'committed') {
    const hold = holds.get(reservationId);
    if (hold?.state !== 'held') return;
    hold.state = state;
    count(hold.item, { held: -hold.quantity, sold: state === 'committed' ? hold.quantity : 0 });
  }

  return {
    holds,
    idByKey,
    answers,
    tombstones,
    taken: (item) => taken.get(item) ?? { held: 0, sold: 0 },
    apply(entry) {
      switch (entry.type) {
        case 'reserved': {
          const { key, request, reservationId, item, quantity, at } = entry;
          holds.set(reservationId, { reservationId, key, item, quantity, state: 'held', at });
          idByKey.set(key, reservationId);
          answers.set(key, { request, answer: { status: 'reserved', reservationId, quantity } });
          return count(item, { held: quantity });
        }
        case 'adjusted': {
          const { key, request, reservationId, quantity } = entry;
          answers.set(key, { request, answer: { status: 'reserved', reservationId, quantity } });
          const hold = holds.get(reservationId);
          if (!hold) return;
          count(hold.item, { held: quantity - hold.quantity });
          hold.quantity = quantity;
          return;
        }
        case 'refused':
          answers.set(entry.key, {
            request: entry.request,
            answer: { status: 'unavailable', reason: entry.reason },
          });
          return;
        case 'released':
          return close(entry.reservationId, 'released');
        case 'tombstone':
          tombstones.add(entry.key);
          return;
        case 'committed':
          return close(entry.reservationId, 'committed');
      }
    },
  };
}

export interface Request {
  key: string;
  at: string;
}

export function reserve(
  ledger: Ledger,
  { key, item, quantity, at }: Request & { item: string; quantity: number },
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
    answer: { status: 'reserved', reservationId, quantity },
    entry: { type: 'reserved', key, request, reservationId, item, quantity, at },
  };
}

export function adjust(
  ledger: Ledger,
  { key, reservationId, quantity, at }: Request & { reservationId: string; quantity: number },
  stockOf: (item: string) => number,
): Verdict {
  const request = `adjust ${reservationId} ${quantity}`;
  const earlier = answeredBefore(ledger, key, request);
  if (earlier) return { answer: earlier };
  if (ledger.tombstones.has(key)) return refuse(key, request, keyReleased, at);
  const hold = ledger.holds.get(reservationId);
  if (!hold) return { answer: { status: 'not_found' } };
  if (hold.state !== 'held') return refuse(key, request, `this reservation is ${hold.state}`, at);
  const available = availableOf(ledger, hold.item, stockOf(hold.item)) + hold.quantity;
  if (quantity > available) return refuse(key, request, outOfStock(hold.item, available), at);
  return {
    answer: { status: 'reserved', reservationId, quantity },
    entry: { type: 'adjusted', key, request, reservationId, quantity, at },
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
  if (!hold) return { answer: { status: 'not_found' } };
  if (hold.state === 'released') return { answer: { status: 'released' } };
  const answer: Answer = { status: 'committed' };
  return hold.state === 'committed'
    ? { answer }
    : { answer, entry: { type: 'committed', reservationId, at } };
}

function answeredBefore(ledger: Ledger, key: string, request: string): Answer | undefined {
  const earlier = ledger.answers.get(key);
  if (!earlier) return undefined;
  return earlier.request === request ? earlier.answer : { status: 'key_reused' };
}

function refuse(key: string, request: string, reason: string, at: string): Verdict {
  return { answer: { status: 'unavailable', reason }, entry: { type: 'refused', key, request, reason, at } };
}

function availableOf(ledger: Ledger, item: string, stock: number): number {
  const { held, sold } = ledger.taken(item);
  return Math.max(stock - held - sold, 0);
}

const keyReleased = 'this key was released';

const outOfStock = (item: string, available: number): string =>
  `out of stock: ${available} of "${item}" left`;
