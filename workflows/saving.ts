import { log } from '@temporalio/workflow';
import type { CartLog } from '../src/domain/cart-log.ts';
import type { CartSave } from '../src/domain/persistence.ts';
import { durableDatabase, localDatabase } from './database.ts';

export interface Saver {
  /** Hands what is new to the read model. Nothing waits for it, and nothing may depend on when it is written. */
  save(): void;
  /** Writes everything that is not known to be written, by an activity whose end is in the history. */
  flush(): void;
  /** Everything is written for certain: only then may a run close. */
  readonly flushed: boolean;
}

/**
 * Each save is a write of its own, and writes may overtake each other: the projection takes any order. While
 * Postgres is away they collect, and one durable write after the other brings them in when it is back.
 */
export function createSaver(cartLog: CartLog, fence: () => number, onFlushed: () => void): Saver {
  let catchingUp = false;
  let flushedEntries = -1;

  async function write(save: CartSave) {
    try {
      await localDatabase.saveCart({ ...save, fence: fence() });
      cartLog.saved(save);
    } catch (error) {
      log.warn('Postgres did not answer at once, writing until it does', { error });
      flush();
    }
  }

  async function catchUp() {
    while (flushedEntries !== cartLog.entries()) {
      const entries = cartLog.entries();
      for (const save of cartLog.allSaves()) {
        await durableDatabase.saveCart({ ...save, fence: fence() });
        cartLog.saved(save);
      }
      flushedEntries = entries;
    }
    catchingUp = false;
    onFlushed();
  }

  function flush() {
    if (catchingUp) return;
    catchingUp = true;
    flushedEntries = -1;
    void catchUp();
  }

  return {
    flush,
    get flushed() {
      return !catchingUp && flushedEntries === cartLog.entries();
    },
    save() {
      // While catching up, what is new goes with the next durable write.
      if (catchingUp) return;
      for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) void write(save);
    },
  };
}
