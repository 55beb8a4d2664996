import { actorOf, type Actor, type CartEvent } from './events.ts';

/** An event as clients and operators see it. `data`: the rest of what it says; instants in it in ms since the epoch. */
export interface EventView {
  version: number;
  type: CartEvent['type'];
  /** RFC 3339 UTC */
  at: string;
  by: Actor;
  /** The command that asked for it, if one did. */
  operationId: string | null;
  data: Record<string, unknown>;
}

export function toEventView(event: CartEvent): EventView {
  const { version, type, at, operationId, by: _, ...data } = event;
  return { version, type, at: new Date(at).toISOString(), by: actorOf(event), operationId, data };
}
