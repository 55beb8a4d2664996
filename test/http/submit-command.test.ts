import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../activities/ports.ts';
import type { CommandEnvelope } from '../../src/domain/commands.ts';
import { CommandNotStoredError } from '../../src/gateway/cart-commands.ts';
import { createSubmitCommand, type Submission } from '../../src/http/submit-command.ts';
import type { RecordedOperation } from '../../src/read-model/cart-views.ts';
import { aCart } from '../support/fake-api.ts';
import { addItem, item } from '../support/cart-scenario.ts';

const unpriced = addItem({ ...item('apple', 1), price: { status: 'pending' } });
const away = () => Promise.reject(new Error('connect ECONNREFUSED'));

/** Temporal and Postgres by hand: what is sent is applied at once, unless the test says otherwise. */
function createHarness() {
  const sent: CommandEnvelope[] = [];
  const recorded = new Map<string, RecordedOperation>();
  const watching = new Map<string, () => void>();
  const harness = {
    sent,
    recorded,
    watching,
    feed: {
      connected: true,
      watch(operationId: string, notify: () => void) {
        watching.set(operationId, notify);
        return () => void watching.delete(operationId);
      },
      close: async () => {},
    },
    catalog: {
      prices: async (names) =>
        Object.fromEntries(names.map((name) => [name, { status: 'known', unitPriceMinor: 5 }] as const)),
    } as Catalog,
    find: async (operationId: string) => recorded.get(operationId),
    send: async (envelope: CommandEnvelope): Promise<void> => harness.apply(envelope),
    apply({ operationId, fingerprint }: CommandEnvelope) {
      recorded.set(operationId, {
        operationId,
        fingerprint,
        result: { status: 'applied', version: 2 },
        cart: aCart,
      });
      watching.get(operationId)?.();
    },
    submit: (change: Partial<Submission> = {}) =>
      createSubmitCommand({
        commands: {
          touch: async () => {},
          send: async (_cartId, envelope) => {
            sent.push(envelope);
            await harness.send(envelope);
          },
        },
        views: {
          findCart: async () => aCart,
          findOperation: (_cartId, operationId) => harness.find(operationId),
        },
        feed: harness.feed,
        catalog: harness.catalog,
      })({
        cartId: 'cart1',
        address: '192.0.2.1',
        command: unpriced,
        payload: ['apple'],
        idempotencyKey: undefined,
        waitMs: 5_000,
        ...change,
      }),
  };
  return harness;
}

describe('submitting a command', () => {
  it('sends it with its price, and answers when the read model has its outcome', async () => {
    const harness = createHarness();
    expect(await harness.submit()).toMatchObject({ status: 'applied', cart: aCart });
    expect(harness.sent[0]?.command).toMatchObject({
      items: [{ price: { status: 'known', unitPriceMinor: 5 } }],
    });
    expect(harness.watching.size).toBe(0);
  });

  it('finds the outcome by looking for it when the notices are lost', async () => {
    const harness = createHarness();
    harness.feed.connected = false;
    harness.feed.watch = () => () => {};
    expect((await harness.submit()).status).toBe('applied');
  });

  it('answers pending when the outcome does not come in time, and stops watching', async () => {
    const harness = createHarness();
    harness.send = async () => {};
    const result = await harness.submit({ waitMs: 10 });
    expect(result).toEqual({ status: 'pending', operationId: harness.sent[0]?.operationId });
    expect(harness.watching.size).toBe(0);
  });

  it('answers pending at once when it is not to wait', async () => {
    const harness = createHarness();
    expect((await harness.submit({ waitMs: 0 })).status).toBe('pending');
    expect(harness.sent).toHaveLength(1);
  });

  it('rejects when it was not stored, and stops watching', async () => {
    const harness = createHarness();
    harness.send = () => Promise.reject(new CommandNotStoredError('no'));
    const key = { idempotencyKey: expect.any(String) };
    await expect(harness.submit()).rejects.toMatchObject(key);
    await expect(harness.submit({ waitMs: 0 })).rejects.toMatchObject(key);
    await expect(harness.submit({ idempotencyKey: 'mine' })).rejects.toMatchObject({
      idempotencyKey: 'mine',
    });
    expect(harness.watching.size).toBe(0);
  });

  it('tells a rejection', async () => {
    const harness = createHarness();
    const rejection = { code: 'cart_full', maxLines: 100 } as const;
    harness.send = async (envelope) => {
      harness.apply(envelope);
      const outcome = harness.recorded.get(envelope.operationId);
      if (outcome)
        harness.recorded.set(envelope.operationId, { ...outcome, result: { status: 'rejected', rejection } });
    };
    expect(await harness.submit()).toEqual({ status: 'rejected', rejection });
  });

  it('needs no Postgres: the command goes on without a price, and is pending', async () => {
    const harness = createHarness();
    harness.find = away;
    harness.catalog = { prices: away };
    expect((await harness.submit({ idempotencyKey: 'k', waitMs: 10 })).status).toBe('pending');
    expect(harness.sent[0]?.command).toMatchObject({ items: [{ price: { status: 'pending' } }] });
  });

  it('refuses what the catalogue does not have without sending it', async () => {
    const harness = createHarness();
    harness.catalog = { prices: async () => ({ apple: { status: 'unknown' } }) };
    expect(await harness.submit()).toEqual({
      status: 'rejected',
      rejection: { code: 'unknown_product', names: ['apple'] },
    });
    expect(harness.sent).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = { idempotencyKey: 'k' };

  it('that has its outcome on record is answered from there, and sent no more', async () => {
    const harness = createHarness();
    const first = await harness.submit(keyed);
    expect(await harness.submit(keyed)).toEqual(first);
    expect(harness.sent).toHaveLength(1);
  });

  it('with another payload or another command is refused', async () => {
    const harness = createHarness();
    await harness.submit(keyed);
    expect(await harness.submit({ ...keyed, payload: ['pear'] })).toEqual({ status: 'key_reused' });
    expect(await harness.submit({ ...keyed, command: { type: 'clearItems' } })).toEqual({
      status: 'key_reused',
    });
    expect(harness.sent).toHaveLength(1);
  });

  it('gives a repeated request the same operation, and the same key of another cart another one', async () => {
    const harness = createHarness();
    harness.send = async () => {};
    const ask = (cartId: string) => harness.submit({ ...keyed, cartId, waitMs: 0 });
    const [first, again, other] = [await ask('cart1'), await ask('cart1'), await ask('cart2')];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('that is missing makes every request an operation of its own', async () => {
    const harness = createHarness();
    await harness.submit();
    await harness.submit();
    expect(new Set(harness.sent.map(({ operationId }) => operationId)).size).toBe(2);
  });
});
