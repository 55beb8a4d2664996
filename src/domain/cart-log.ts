import { answererOf, senderOf } from './actors.ts';
import { withDefaults, type Cart } from './cart.ts';
import { dueOnHolds, type HoldRules } from './clock.ts';
import type { CommandEnvelope } from './commands.ts';
import { decide } from './decide.ts';
import { advanceCheckout } from './decide-checkout.ts';
import type { Effect } from './effects.ts';
import { evolve, record } from './evolve.ts';
import type { CartEvent, Cause, Fact } from './events.ts';
import { createOperationMemory } from './operation-memory.ts';
import type { CartSave, OperationResult, ReceivedOperation, SeenOperation } from './persistence.ts';
import { reconcile } from './reconcile.ts';
import type { EffectResult } from './effect-result.ts';
import { settle } from './settle.ts';
import { createUnsaved, type UnsavedState } from './unsaved.ts';

/** What a cart's log is made of; plain data, so that it can be carried over to the workflow's next run. */
export interface CartLogState {
  cart: Cart;
  recentOperations: readonly SeenOperation[];
  unsaved: UnsavedState;
  /** Operations whose outcome is that of the checkout under way. */
  deferred?: readonly ReceivedOperation[];
}

export interface CartLog {
  readonly cart: Cart;
  handle(envelope: CommandEnvelope, at: number): void;
  settle(effect: Effect, result: EffectResult, at: number): void;
  /** What is due by now happens. `early`: an operator ends the cart's life, due or not. */
  tick(at: number, options?: { early: boolean }): void;
  /** The next write to the read model: what no write has had yet, or nothing. */
  nextSave(): CartSave | undefined;
  /** The read model has it. */
  saved(save: CartSave): void;
  /** Writes that hold everything that is not known to be saved: at least one, which has the cart as it is. */
  allSaves(): CartSave[];
  /** How many entries there ever were to save: tells whether there are more than there were. */
  entries(): number;
  toState(): CartLogState;
}

/** The state of a cart that was never seen before. */
export function openCart(
  settings: { cartId: string; currency: string; ttlMs: number },
  at: number,
): CartLogState {
  const cause = { at, operationId: null, by: 'service' } as const;
  const event: CartEvent = { type: 'CartOpened', ...settings, version: 1, ...cause };
  return {
    cart: evolve(undefined, event),
    recentOperations: [],
    unsaved: { events: [event], outcomes: [] },
  };
}

/** The state of a cart that comes back; a shop whose idle time was changed meanwhile has it from now on. */
export function reopenCart(
  stored: Pick<CartLogState, 'cart' | 'recentOperations'>,
  { ttlMs }: { ttlMs: number },
  at: number,
): CartLogState {
  const before = withDefaults(stored.cart);
  const facts: Fact[] = before.ttlMs === ttlMs ? [] : [{ type: 'CartTtlChanged', ttlMs }];
  const { cart, events } = record(before, facts, { at, operationId: null, by: 'service' });
  return { cart, recentOperations: stored.recentOperations, unsaved: { events, outcomes: [] } };
}

/** A cart with its memory: which operations it has seen, and what the read model has not been told yet. */
export function createCartLog(start: CartLogState, rules: HoldRules = {}): CartLog {
  let cart = withDefaults(start.cart);
  const memory = createOperationMemory(start.recentOperations);
  const unsaved = createUnsaved(start.unsaved);
  let deferred = [...(start.deferred ?? [])];

  function append(facts: readonly Fact[], cause: Cause) {
    const recorded = record(cart, facts, cause);
    cart = recorded.cart;
    unsaved.add({ events: recorded.events });
    const result = outcomeOfCheckout(cart, recorded.events);
    if (!result) return;
    unsaved.add({ outcomes: deferred.map((operation) => ({ ...operation, result })) });
    deferred = [];
  }

  /** The facts, and everything that follows from them by itself. */
  function appendAll(facts: readonly Fact[], cause: Cause) {
    append(facts, cause);
    const byItself = { at: cause.at, operationId: null, by: 'service' } as const;
    for (let step = followUp(cart); step.length > 0; step = followUp(cart)) append(step, byItself);
  }

  return {
    get cart() {
      return cart;
    },
    handle({ operationId, fingerprint, command }, at) {
      if (memory.has(operationId, at)) return;
      memory.add(operationId, at);
      const received = { operationId, command: command.type, fingerprint, at };
      const decision = decide(cart, command, at);
      if (decision.status === 'rejected') {
        const { status, rejection } = decision;
        return unsaved.add({ outcomes: [{ ...received, result: { status, rejection } }] });
      }
      if (decision.status === 'deferred') deferred.push(received);
      const cause = { at, operationId, by: senderOf(command) };
      append(decision.facts, cause);
      if (decision.status === 'accepted') {
        const { orderId } = decision;
        const result = { status: 'applied', version: cart.version, ...(orderId && { orderId }) } as const;
        unsaved.add({ outcomes: [{ ...received, result }] });
      }
      appendAll([], cause);
    },
    settle(effect, result, at) {
      appendAll(settle(cart, effect, result, at), { at, operationId: null, by: answererOf(effect) });
    },
    tick(at, { early } = { early: false }) {
      const by = early ? 'operator' : 'clock';
      appendAll(dueFacts({ cart, at, early, rules }), { at, operationId: null, by });
    },
    nextSave: () => unsaved.next(cart),
    saved: (save) => unsaved.confirm(save),
    allSaves: () => unsaved.all(cart),
    entries: () => unsaved.added,
    toState: () => ({ cart, recentOperations: memory.toList(), unsaved: unsaved.toState(), deferred }),
  };
}

/** What the state asks for by itself: calls to the reservation service first, then the checkout's next step. */
function followUp(cart: Cart): readonly Fact[] {
  const calls = reconcile(cart);
  return calls.length > 0 ? calls : advanceCheckout(cart);
}

interface Moment {
  cart: Cart;
  at: number;
  early: boolean;
  rules: HoldRules;
}

function dueFacts({ cart, at, early, rules }: Moment): readonly Fact[] {
  const decision = decide(cart, { type: 'expire', early }, at);
  const facts = decision.status === 'accepted' ? decision.facts : [];
  return facts.length > 0 ? facts : dueOnHolds(cart, at, rules);
}

/** What the commands that wait for the checkout hear of it. `cart` is the cart after the events. */
function outcomeOfCheckout(cart: Cart, events: readonly CartEvent[]): OperationResult | undefined {
  const end = events.find(({ type }) => type === 'CheckoutRejected' || type === 'OrderPlaced');
  if (end?.type === 'CheckoutRejected') return { status: 'rejected', rejection: end.rejection };
  if (end?.type !== 'OrderPlaced' || cart.status !== 'awaiting_payment') return undefined;
  return { status: 'applied', version: end.version, orderId: cart.orderId };
}
