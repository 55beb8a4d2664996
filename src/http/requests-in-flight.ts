import { keyOf } from '../domain/operation-id.ts';

/** `other`: a request with the same key and another payload. */
export type Entry = { status: 'entered'; leave: () => void } | { status: 'running' | 'other' };

/** The keys whose request this process is answering just now. */
export function createRequestsInFlight() {
  const running = new Map<string, string>();
  return {
    enter(operationId: string): Entry {
      const key = keyOf(operationId);
      const holder = running.get(key);
      if (holder !== undefined) return { status: holder === operationId ? 'running' : 'other' };
      running.set(key, operationId);
      return { status: 'entered', leave: () => void running.delete(key) };
    },
  };
}
