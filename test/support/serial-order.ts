import { isDeepStrictEqual } from 'node:util';
import type { Cart } from '../../src/domain/cart.ts';
import { unpricedNames, withPrices, type CommandEnvelope } from '../../src/domain/commands.ts';
import { decide } from '../../src/domain/decide.ts';
import { reject, type Decision } from '../../src/domain/decision.ts';
import type { CartEvent, Fact } from '../../src/domain/events.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { keyOf } from '../../src/domain/operation-id.ts';
import type { OperationResult } from '../../src/domain/persistence.ts';
import { versionMismatch } from '../../src/domain/precondition.ts';

/** What is on record of a cart: its commands as they arrived, its events, and what was told of each command. */
export interface CartRecord {
  /** In order of arrival, repetitions included. */
  envelopes: readonly CommandEnvelope[];
  /** In order of version. */
  events: readonly CartEvent[];
  outcomes: ReadonlyMap<string, { at: number; result: OperationResult }>;
}

/**
 * Does the commands one after the other by the rules alone, with the answers of other services where the events have
 * them, and compares each outcome with the record. Returns the cart after each version.
 * @throws Error that names the first command or event that no serial order explains
 */
export function replaySerially({ envelopes, events, outcomes }: CartRecord): Map<number, Cart> {
  const carts = new Map<number, Cart>();
  const holders = new Map<string, string>();
  const done = new Set<string>();
  let cart: Cart | undefined;
  let position = 0;
  let unchangedSince = 0;

  function take() {
    const event = events[position++];
    if (!event) throw new Error('An event is missing at the end');
    cart = evolve(cart, event);
    if (event.version !== position) throw new Error(`Event ${position} is missing`);
    carts.set(event.version, cart);
    if (event.type !== 'CartTouched' && event.type !== 'CartOpened') unchangedSince = event.version;
  }

  /** What the service, the clock or another service did, before the next command. */
  const takesNothingOfACommand = () => position < events.length && events[position]?.operationId === null;

  function perform(envelope: CommandEnvelope) {
    const { operationId } = envelope;
    const own = events.filter((event) => event.operationId === operationId);
    const outcome = outcomes.get(operationId);
    if (!outcome) throw new Error(`${nameOf(envelope)} has no outcome`);
    while (own.length > 0 && takesNothingOfACommand()) take();
    // A command without events may have been decided before or after what others did meanwhile.
    for (;;) {
      const decision = cart && judge(cart, envelope, own[0]?.at ?? outcome.at);
      if (cart && decision && explains(decision, cart, own, outcome.result)) break;
      if (own.length > 0 || !takesNothingOfACommand()) {
        throw new Error(
          `${nameOf(envelope)} at version ${cart?.version}: ${JSON.stringify({ decision, ...outcome })}`,
        );
      }
      take();
    }
    for (const event of own) {
      if (events[position] !== event)
        throw new Error(`${nameOf(envelope)} is interrupted at ${position + 1}`);
      take();
    }
  }

  function judge(before: Cart, { operationId, command, ifMatch }: CommandEnvelope, at: number): Decision {
    if (holders.get(keyOf(operationId)) !== operationId) return reject({ code: 'idempotency_key_reused' });
    const mismatch = ifMatch && versionMismatch(before, unchangedSince, ifMatch);
    return mismatch ? reject(mismatch) : decide(before, priced(command), at);
  }

  function explains(decision: Decision, before: Cart, own: readonly CartEvent[], result: OperationResult) {
    if (decision.status === 'rejected') return own.length === 0 && isDeepStrictEqual(decision, result);
    if (!isDeepStrictEqual(own.map(factOf), decision.facts)) return false;
    if (decision.status === 'deferred') return isDeepStrictEqual(result, endOfCheckout(before));
    const { orderId } = decision;
    const version = before.version + own.length;
    return isDeepStrictEqual(result, { status: 'applied', version, ...(orderId && { orderId }) });
  }

  function endOfCheckout(before: Cart): OperationResult | undefined {
    let after = before;
    for (const event of events.slice(position)) {
      after = evolve(after, event);
      if (event.type === 'CheckoutRejected') return { status: 'rejected', rejection: event.rejection };
      if (event.type === 'OrderPlaced' && after.status === 'awaiting_payment') {
        return { status: 'applied', version: event.version, orderId: after.orderId };
      }
    }
    return undefined;
  }

  for (const envelope of envelopes) {
    const { operationId } = envelope;
    if (done.has(operationId)) continue;
    done.add(operationId);
    if (!holders.has(keyOf(operationId))) holders.set(keyOf(operationId), operationId);
    perform(envelope);
  }
  while (takesNothingOfACommand()) take();
  if (position < events.length) throw new Error(`Event ${position + 1} is of a command that never arrived`);
  if (outcomes.size !== done.size) throw new Error('There are outcomes of commands that never arrived');
  return carts;
}

const nameOf = ({ command, operationId }: CommandEnvelope) => `${command.type} ${operationId}`;

function factOf({ version: _version, at: _at, operationId: _id, by: _by, ...fact }: CartEvent): Fact {
  return fact;
}

/** The API may not have reached the catalogue, which has nothing in it and takes every name. */
function priced(command: CommandEnvelope['command']) {
  const free = { status: 'known', unitPriceMinor: 0 } as const;
  return withPrices(command, Object.fromEntries(unpricedNames(command).map((name) => [name, free])));
}
