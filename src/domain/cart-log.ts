import { answererOf, senderOf } from './actors.ts';
import { withDefaults, type Cart } from './cart.ts';
import { dueOnHolds, type HoldRules } from './clock.ts';
import type { CommandEnvelope } from './commands.ts';
import { decide } from './decide.ts';
import { mergeWaiting } from './decide-claim.ts';
import { advanceCheckout } from './decide-checkout.ts';
import { reject, type Decision } from './decision.ts';
import type { Effect } from './effects.ts';
import { evolve, record } from './evolve.ts';
import type { CartEvent, Cause, Fact } from './events.ts';
import { createOperationMemory, type Familiarity } from './operation-memory.ts';
import { versionMismatch } from './precondition.ts';
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
  /** Operations whose outcome is that of the checkout or the claim under way. */
  deferred?: readonly ReceivedOperation[];
  /** The first version from which on nothing has happened but reads; absent: the cart's own. */
  unchangedSince?: number;
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
    // Clients have seen an empty cart of version 0, and this one is no other.
    unchangedSince: 0,
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
  const { recentOperations } = stored;
  return { cart, recentOperations, unsaved: { events, outcomes: [] }, unchangedSince: before.version };
}

/** A cart with its memory: which operations it has seen, and what the read model has not been told yet. */
export function createCartLog(start: CartLogState, rules: HoldRules = {}): CartLog {
  let cart = withDefaults(start.cart);
  const memory = createOperationMemory(start.recentOperations);
  const unsaved = createUnsaved(start.unsaved);
  let deferred = [...(start.deferred ?? [])];
  let unchangedSince = start.unchangedSince ?? cart.version;

  function append(facts: readonly Fact[], cause: Cause) {
    const recorded = record(cart, facts, cause);
    cart = recorded.cart;
    unsaved.add({ events: recorded.events });
    if (facts.some(({ type }) => type !== 'CartTouched')) unchangedSince = cart.version;
    const result = outcomeOfWait(cart, recorded.events);
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
    handle(envelope, at) {
      const familiarity = memory.receive(envelope.operationId, at);
      if (familiarity === 'repeated') return;
      const received = receivedOf(envelope, at);
      const decision = judge(cart, envelope, { at, familiarity, unchangedSince });
      if (decision.status === 'rejected')
        return unsaved.add({ outcomes: [{ ...received, result: decision }] });
      if (decision.status === 'deferred') deferred.push(received);
      const cause = { at, operationId: received.operationId, by: senderOf(envelope.command) };
      append(decision.facts, cause);
      if (decision.status === 'accepted') {
        unsaved.add({ outcomes: [{ ...received, result: applied(cart, decision.orderId) }] });
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
    toState: () => ({
      ...{ cart, recentOperations: memory.toList(), unsaved: unsaved.toState() },
      ...{ deferred, unchangedSince },
    }),
  };
}

interface Circumstances {
  at: number;
  familiarity: Familiarity;
  unchangedSince: number;
}

/** The key first, then the version that is asked for, then the rules of the cart. */
function judge(cart: Cart, { command, ifMatch }: CommandEnvelope, circumstances: Circumstances): Decision {
  const { at, familiarity, unchangedSince } = circumstances;
  if (familiarity === 'key_reused') return reject({ code: 'idempotency_key_reused' });
  const mismatch = ifMatch && versionMismatch(cart, unchangedSince, ifMatch);
  return mismatch ? reject(mismatch) : decide(cart, command, at);
}

const receivedOf = (
  { operationId, fingerprint, command }: CommandEnvelope,
  at: number,
): ReceivedOperation => ({
  operationId,
  command: command.type,
  fingerprint,
  at,
});

const applied = ({ version }: Cart, orderId: string | undefined): OperationResult => ({
  status: 'applied',
  version,
  ...(orderId && { orderId }),
});

/** What the state asks for by itself: lines that wait, then calls to the reservation service, then the checkout's next step. */
function followUp(cart: Cart): readonly Fact[] {
  const waiting = mergeWaiting(cart);
  if (waiting.length > 0) return waiting;
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

const endsOfWaiting: ReadonlySet<CartEvent['type']> = new Set([
  'CheckoutRejected',
  'OrderPlaced',
  'CartClaimed',
]);

/** What the commands that wait for a checkout or a claim hear of it. `cart` is the cart after the events. */
function outcomeOfWait(cart: Cart, events: readonly CartEvent[]): OperationResult | undefined {
  const end = events.find(({ type }) => endsOfWaiting.has(type));
  if (end?.type === 'CartClaimed') return { status: 'applied', version: end.version };
  if (end?.type === 'CheckoutRejected') return { status: 'rejected', rejection: end.rejection };
  if (end?.type !== 'OrderPlaced' || cart.status !== 'awaiting_payment') return undefined;
  return { status: 'applied', version: end.version, orderId: cart.orderId };
}
