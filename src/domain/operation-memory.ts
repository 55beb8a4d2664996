import { operationRetentionMs, rememberedOperations, type SeenOperation } from './persistence.ts';

export interface OperationMemory {
  /** Not longer than the outcome is on record: a client would wait for it in vain. `at` in ms since the epoch. */
  has(operationId: string, at: number): boolean;
  add(operationId: string, at: number): void;
  toList(): SeenOperation[];
}

/** The latest operations of a cart, so that each is applied once. */
export function createOperationMemory(seen: readonly SeenOperation[]): OperationMemory {
  const seenAt = new Map(seen.map(({ operationId, at }) => [operationId, at]));
  return {
    has(operationId, at) {
      const before = seenAt.get(operationId);
      return before !== undefined && at - before < operationRetentionMs;
    },
    add(operationId, at) {
      seenAt.delete(operationId);
      seenAt.set(operationId, at);
      for (const oldest of seenAt.keys()) {
        if (seenAt.size <= rememberedOperations) break;
        seenAt.delete(oldest);
      }
    },
    toList: () => [...seenAt].map(([operationId, at]) => ({ operationId, at })),
  };
}
