import type { Cart } from './cart.ts';
import type { CommandEnvelope } from './commands.ts';
import { decide } from './decide.ts';
import { evolve, record } from './evolve.ts';
import type { CartEvent, Fact } from './events.ts';
import { createOperationMemory } from './operation-memory.ts';
import type { CartSave, OperationOutcome, SeenOperation } from './persistence.ts';
import { reconcile, type Effect } from './reconcile.ts';
import { settle, type EffectResult } from './settle.ts';

/** Events and outcomes in one save: keeps its payload far below Temporal's 2 MiB and NOTIFY's 8,000 bytes. */
const entriesPerSave = 150;

/** What a cart's log is made of; plain data, so that it can be carried over to the workflow's next run. */
export interface CartLogState {
  cart: Cart;
  recentOperations: readonly SeenOperation[];
  unsaved: { events: readonly CartEvent[]; outcomes: readonly OperationOutcome[] };
}

export interface CartLog {
  readonly cart: Cart;
  handle(envelope: CommandEnvelope, at: number): void;
  settle(effect: Effect, result: EffectResult, at: number): void;
  expire(at: number, options?: { early: boolean }): void;
  /** The next write to the read model, or nothing when all is saved. */
  nextSave(): CartSave | undefined;
  saved(save: CartSave): void;
  toState(): CartLogState;
}

/** The state of a cart that was never seen before. */
export function openCart(
  settings: { cartId: string; currency: string; ttlMs: number },
  at: number,
): CartLogState {
  const event: CartEvent = { type: 'CartOpened', ...settings, version: 1, at, operationId: null };
  return {
    cart: evolve(undefined, event),
    recentOperations: [],
    unsaved: { events: [event], outcomes: [] },
  };
}

/** A cart with its memory: which operations it has seen, and what the read model has not been told yet. */
export function createCartLog(start: CartLogState): CartLog {
  let { cart } = start;
  const memory = createOperationMemory(start.recentOperations);
  let events = [...start.unsaved.events];
  let outcomes = [...start.unsaved.outcomes];

  function append(facts: readonly Fact[], at: number, operationId: string | null) {
    const recorded = record(cart, facts, { at, operationId });
    cart = recorded.cart;
    events.push(...recorded.events);
  }

  function appendAndReconcile(facts: readonly Fact[], at: number, operationId: string | null) {
    append(facts, at, operationId);
    append(reconcile(cart), at, null);
  }

  return {
    get cart() {
      return cart;
    },
    handle({ operationId, fingerprint, command }, at) {
      if (memory.has(operationId, at)) return;
      memory.add(operationId, at);
      const outcome = { operationId, command: command.type, fingerprint, at };
      const decision = decide(cart, command, at);
      if (decision.status === 'rejected') {
        outcomes.push({ ...outcome, result: { status: 'rejected', rejection: decision.rejection } });
        return;
      }
      append(decision.facts, at, operationId);
      outcomes.push({ ...outcome, result: { status: 'applied', version: cart.version } });
      append(reconcile(cart), at, null);
    },
    settle(effect, result, at) {
      appendAndReconcile(settle(cart, effect, result), at, null);
    },
    expire(at, { early } = { early: false }) {
      const decision = decide(cart, { type: 'expire', early }, at);
      if (decision.status === 'accepted') appendAndReconcile(decision.facts, at, null);
    },
    nextSave() {
      if (events.length === 0 && outcomes.length === 0) return undefined;
      return { cart, events: events.slice(0, entriesPerSave), outcomes: outcomes.slice(0, entriesPerSave) };
    },
    saved(save) {
      events = events.slice(save.events.length);
      outcomes = outcomes.slice(save.outcomes.length);
    },
    toState: () => ({
      cart,
      recentOperations: memory.toList(),
      unsaved: { events, outcomes },
    }),
  };
}
