import { keyOf } from './operation-id.ts';
import { operationRetentionMs, rememberedOperations, type SeenOperation } from './persistence.ts';

/** `repeated`: this very request was received before. `key_reused`: another one was, under the same key. */
export type Familiarity = 'new' | 'repeated' | 'key_reused';

export interface OperationMemory {
  /** Not longer than the outcome is on record: a client would wait for it in vain. `at` in ms since the epoch. */
  receive(operationId: string, at: number): Familiarity;
  toList(): SeenOperation[];
}

/** The latest operations of a cart, so that each is applied once. */
export function createOperationMemory(seen: readonly SeenOperation[]): OperationMemory {
  const seenAt = new Map<string, number>();
  /** Of each key, the operation that came first. */
  const holders = new Map<string, string>();

  function isRemembered(operationId: string | undefined, at: number): boolean {
    const before = operationId === undefined ? undefined : seenAt.get(operationId);
    return before !== undefined && at - before < operationRetentionMs;
  }

  function forget(operationId: string) {
    seenAt.delete(operationId);
    if (holders.get(keyOf(operationId)) === operationId) holders.delete(keyOf(operationId));
  }

  function add(operationId: string, at: number) {
    const isOfAnother = isRemembered(holders.get(keyOf(operationId)), at);
    seenAt.delete(operationId);
    seenAt.set(operationId, at);
    if (!isOfAnother) holders.set(keyOf(operationId), operationId);
    for (const oldest of seenAt.keys()) {
      if (seenAt.size <= rememberedOperations) break;
      forget(oldest);
    }
  }

  for (const { operationId, at } of seen) add(operationId, at);
  return {
    receive(operationId, at) {
      if (isRemembered(operationId, at)) return 'repeated';
      const isKeyTaken = isRemembered(holders.get(keyOf(operationId)), at);
      add(operationId, at);
      return isKeyTaken ? 'key_reused' : 'new';
    },
    toList: () => [...seenAt].map(([operationId, at]) => ({ operationId, at })),
  };
}
