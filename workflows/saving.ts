import type { CartLog } from '../src/domain/cart-log.ts';
import type { DatabaseCalls } from './database.ts';

export interface Saver {
  readonly idle: boolean;
  /** Sees to it that all of the log reaches the read model; calls while a write is under way join the next one. */
  save(): void;
}

/** One write at a time, each with everything that came up meanwhile. */
export function createSaver(
  cartLog: CartLog,
  { saveCart }: Pick<DatabaseCalls, 'saveCart'>,
  onIdle: () => void,
): Saver {
  let writing = false;

  async function writeAll() {
    for (let save = cartLog.nextSave(); save; save = cartLog.nextSave()) {
      await saveCart(save);
      cartLog.saved(save);
    }
    writing = false;
    onIdle();
  }

  return {
    get idle() {
      return !writing;
    },
    save() {
      if (writing || !cartLog.nextSave()) return;
      writing = true;
      void writeAll();
    },
  };
}
