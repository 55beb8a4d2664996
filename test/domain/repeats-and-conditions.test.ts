import { describe, expect, it } from 'vitest';
import { createCartLog, reopenCart, type CartLog } from '../../src/domain/cart-log.ts';
import type { ExternalCommand } from '../../src/domain/commands.ts';
import { operationIdOf } from '../../src/domain/operation-id.ts';
import type { IfMatch } from '../../src/domain/precondition.ts';
import { digest } from '../../src/http/digest.ts';
import {
  addItem,
  answer,
  checkout,
  given,
  item,
  newCartLog,
  openedAt,
  ttlMs,
  yes,
} from '../support/cart-scenario.ts';

const day = 86_400_000;
const add = addItem(item('apple', 1));

/** As the API sends it: the id is made of key and payload, the fingerprint of the payload. */
function request(key: string, command: ExternalCommand = add, ifMatch?: IfMatch) {
  const fingerprint = digest(JSON.stringify([command, ifMatch]));
  const operationId = operationIdOf(digest(key), fingerprint);
  return { operationId, fingerprint, command, ...(ifMatch && { ifMatch }) };
}

const outcomes = (cartLog: CartLog) =>
  cartLog
    .toState()
    .unsaved.outcomes.map(({ result }) => (result.status === 'applied' ? 'applied' : result.rejection.code));

const carriedOver = (cartLog: CartLog) => createCartLog(JSON.parse(JSON.stringify(cartLog.toState())));

describe('a key', () => {
  const other = addItem(item('apple', 5));

  it('with another payload is refused, and that is on record as an operation of its own', () => {
    const cartLog = newCartLog();
    cartLog.handle(request('k'), openedAt);
    cartLog.handle(request('k', other), openedAt);
    expect(outcomes(cartLog)).toEqual(['applied', 'idempotency_key_reused']);
    const ids = cartLog.toState().unsaved.outcomes.map(({ operationId }) => operationId);
    expect(ids).toEqual([request('k').operationId, request('k', other).operationId]);
    expect(cartLog.cart.lines).toMatchObject([{ quantity: 1 }]);
  });

  it('is known across continue-as-new and across lives, for the repeated request and for another one', () => {
    const first = newCartLog();
    first.handle(request('k'), openedAt);
    const { cart, recentOperations } = first.toState();
    const nextLife = createCartLog(reopenCart({ cart, recentOperations }, { ttlMs }, openedAt));
    for (const cartLog of [carriedOver(first), nextLife]) {
      const before = outcomes(cartLog).length;
      cartLog.handle(request('k'), openedAt + 1);
      cartLog.handle(request('k', other), openedAt + 1);
      expect(outcomes(cartLog).slice(before)).toEqual(['idempotency_key_reused']);
      expect(cartLog.cart.lines).toMatchObject([{ quantity: 1 }]);
    }
  });

  it('is free after 24 h, also when it was refused for another payload meanwhile', () => {
    const cartLog = newCartLog();
    cartLog.handle(request('k'), openedAt);
    cartLog.handle(request('k', other), openedAt + day - 1);
    cartLog.handle(request('k', { type: 'clearItems' }), openedAt + day);
    expect(outcomes(cartLog)).toEqual(['applied', 'idempotency_key_reused', 'applied']);
  });

  it('is a key of the whole id, where the id is not made of key and payload', () => {
    const cartLog = newCartLog();
    const byHand = 'by-hand-0123456789-0123456789-0123456789-';
    for (const end of ['1', '2']) {
      cartLog.handle({ operationId: byHand + end, fingerprint: '', command: add }, openedAt);
    }
    expect(outcomes(cartLog)).toEqual(['applied', 'applied']);
  });
});

describe('If-Match', () => {
  const ask = (cartLog: CartLog, ifMatch: IfMatch, command: ExternalCommand = add, key = String(ifMatch)) => {
    cartLog.handle(request(key, command, ifMatch), openedAt + 2_000);
    return outcomes(cartLog).at(-1);
  };

  it('applies the command at the version that it names, and refuses it at any other with the current one', () => {
    const cartLog = given(add);
    const { version } = cartLog.cart;
    expect(ask(cartLog, [version + 1])).toBe('version_mismatch');
    expect(ask(cartLog, [])).toBe('version_mismatch');
    expect(cartLog.cart.version).toBe(version);
    expect(cartLog.toState().unsaved.outcomes.at(-1)?.result).toEqual({
      status: 'rejected',
      rejection: { code: 'version_mismatch', currentVersion: version },
    });
    expect(ask(cartLog, [3, version, 99])).toBe('applied');
    expect(ask(cartLog, [version], add, 'again')).toBe('version_mismatch');
    expect(ask(cartLog, '*')).toBe('applied');
  });

  it('of two commands for the same version lets the first one win', () => {
    const cartLog = given(add);
    const ifMatch = [cartLog.cart.version];
    for (const key of ['one', 'two']) cartLog.handle(request(key, add, ifMatch), openedAt + 2_000);
    expect(outcomes(cartLog).slice(-2)).toEqual(['applied', 'version_mismatch']);
    expect(cartLog.cart.lines).toMatchObject([{ quantity: 2 }]);
  });

  it('comes after the key: a repetition of what was applied is no mismatch', () => {
    const cartLog = given(add);
    const once = request('k', add, [cartLog.cart.version]);
    for (const at of [1, 2]) cartLog.handle(once, openedAt + 2_000 + at);
    expect(outcomes(cartLog).slice(-1)).toEqual(['applied']);
    expect(cartLog.toState().unsaved.outcomes).toHaveLength(2);
  });

  it('comes before the rules of the cart', () => {
    expect(ask(given(), [99], checkout())).toBe('version_mismatch');
    expect(ask(given(), [0], checkout())).toBe('cart_empty');
  });

  it('"0" is the cart that nobody has put anything in yet', () => {
    expect(ask(newCartLog(), [0])).toBe('applied');
    expect(ask(carriedOver(newCartLog()), [0])).toBe('applied');
    expect(ask(given(add), [0])).toBe('version_mismatch');
    expect(ask(given(add, { type: 'clearItems' }), [0])).toBe('version_mismatch');
  });

  it('takes the version before a read that moved the deadline: reading must not spoil what was read', () => {
    const cartLog = given(add);
    const { version } = cartLog.cart;
    for (const key of ['read', 'read again'])
      cartLog.handle(request(key, { type: 'touch' }), openedAt + 1_500);
    expect(cartLog.cart.version).toBe(version + 2);
    expect(ask(carriedOver(cartLog), [version])).toBe('applied');
    expect(ask(cartLog, [version - 1])).toBe('version_mismatch');
    expect(ask(cartLog, [version])).toBe('applied');
    expect(ask(cartLog, [version], add, 'again')).toBe('version_mismatch');
  });

  it('does not take the version before a reservation was confirmed: the cart shows it', () => {
    const cartLog = given(add);
    const { version } = cartLog.cart;
    answer(cartLog, yes);
    expect(ask(cartLog, [version])).toBe('version_mismatch');
  });

  it('takes the version that an abandoned cart has shown, also where the shop has another idle time by now', () => {
    const cartLog = given(add);
    cartLog.tick(openedAt + day);
    const { cart, recentOperations } = cartLog.toState();
    const resumed = createCartLog(
      reopenCart({ cart, recentOperations }, { ttlMs: 2 * ttlMs }, openedAt + day),
    );
    expect(ask(resumed, [cart.version])).toBe('applied');
  });
});
