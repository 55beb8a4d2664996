import { createExpiring } from './expiring.ts';

/** The stub's books. Pure: entries and instants in, state out; the file and the clock are elsewhere. */
export interface Hold {
  reservationId: string;
  key: string;
  item: string;
  quantity: number;
  state: 'held' | 'released' | 'committed' | 'expired';
  at: string;
  /** When it ends by itself, if it does. */
  expiresAt?: string | undefined;
  /** When it was released or sold, or has expired. */
  endedAt?: string;
}

/** What a call under a key asked for, with what it got. */
interface Granted {
  key: string;
  request: string;
  reservationId: string;
  quantity: number;
  at: string;
  expiresAt?: string | undefined;
}

/** What happened, as it stands in the ledger's file. That a hold has expired follows from its instant. */
export type Entry =
  | (Granted & { type: 'reserved'; item: string })
  /** Also renews: the hold ends when this entry says so. */
  | (Granted & { type: 'adjusted' })
  | { type: 'refused'; key: string; request: string; reason: string; at: string }
  | { type: 'released'; reservationId: string; at: string }
  /** A key released before its reservation took effect: it never will. */
  | { type: 'tombstone'; key: string; at: string }
  | { type: 'committed'; reservationId: string; at: string };

export type Answer =
  | { status: 'reserved'; reservationId: string; quantity: number; expiresAt?: string | undefined }
  | { status: 'unavailable'; reason: string }
  | { status: 'key_reused' }
  /** Nothing is held under this id, any more or at all. */
  | { status: 'gone'; reason: string }
  | { status: 'released' }
  | { status: 'committed' };

export interface Ledger {
  holds: ReadonlyMap<string, Hold>;
  idByKey: ReadonlyMap<string, string>;
  /** Answers given under a key, with the request they answered. */
  answers: ReadonlyMap<string, { request: string; answer: Answer }>;
  tombstones: ReadonlySet<string>;
  apply(entry: Entry): void;
  /** Ends the holds that are due at this instant. To be called before anything is judged or listed. */
  passTime(at: string): void;
  /** Units of an item that are held or sold. */
  taken(item: string): { held: number; sold: number };
}

export function createLedger(): Ledger {
  const holds = new Map<string, Hold>();
  const idByKey = new Map<string, string>();
  const answers = new Map<string, { request: string; answer: Answer }>();
  const tombstones = new Set<string>();
  const units = createUnitCount();
  const expiring = createExpiring<Hold>();

  function end(hold: Hold | undefined, state: 'released' | 'committed' | 'expired', at: string) {
    if (hold?.state !== 'held') return;
    hold.state = state;
    hold.endedAt = at;
    expiring.delete(hold);
    units.count(hold.item, { held: -hold.quantity, sold: state === 'committed' ? hold.quantity : 0 });
  }

  function grant({ key, request, reservationId, quantity, expiresAt }: Granted) {
    answers.set(key, { request, answer: { status: 'reserved', reservationId, quantity, expiresAt } });
    const hold = holds.get(reservationId);
    if (!hold) return;
    units.count(hold.item, { held: quantity - hold.quantity });
    hold.quantity = quantity;
    hold.expiresAt = expiresAt;
    expiring.set(hold, expiresAt);
  }

  return {
    holds,
    idByKey,
    answers,
    tombstones,
    taken: units.taken,
    passTime(at) {
      for (const [hold, expiresAt] of expiring.dueAt(at)) end(hold, 'expired', expiresAt);
    },
    apply(entry) {
      switch (entry.type) {
        case 'reserved': {
          const { key, reservationId, item, at } = entry;
          holds.set(reservationId, { reservationId, key, item, quantity: 0, state: 'held', at });
          idByKey.set(key, reservationId);
          return grant(entry);
        }
        case 'adjusted':
          return grant(entry);
        case 'refused':
          answers.set(entry.key, {
            request: entry.request,
            answer: { status: 'unavailable', reason: entry.reason },
          });
          return;
        case 'tombstone':
          tombstones.add(entry.key);
          return;
        case 'released':
        case 'committed':
          return end(holds.get(entry.reservationId), entry.type, entry.at);
      }
    },
  };
}

/** Of each item, so that no call has to look through all the holds. */
function createUnitCount() {
  const units = new Map<string, { held: number; sold: number }>();
  const taken = (item: string) => units.get(item) ?? { held: 0, sold: 0 };
  return {
    taken,
    count(item: string, change: { held?: number; sold?: number }) {
      const { held, sold } = taken(item);
      units.set(item, { held: held + (change.held ?? 0), sold: sold + (change.sold ?? 0) });
    },
  };
}
