import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../activities/ports.ts';
import type { CommandEnvelope } from '../../src/domain/commands.ts';
import { keyOf } from '../../src/domain/operation-id.ts';
import type { OperationResult } from '../../src/domain/persistence.ts';
import { CommandNotStoredError } from '../../src/gateway/cart-inbox.ts';
import { createCartPlaces } from '../../src/gateway/cart-places.ts';
import { createSubmitCommand, type Submission } from '../../src/http/submit-command.ts';
import type { RecordedOperation } from '../../src/read-model/cart-views.ts';
import { aCart } from '../support/fake-api.ts';
import { addItem, item } from '../support/cart-scenario.ts';

const unpriced = addItem({ ...item('apple', 1), price: { status: 'pending' } });
const applied = { status: 'applied', version: 2 } as const;
const away = () => Promise.reject(new Error('connect ECONNREFUSED'));

/** Temporal and Postgres by hand: what is sent is applied at once, unless the test says otherwise. */
function createHarness() {
  const sent: CommandEnvelope[] = [];
  const recorded = new Map<string, RecordedOperation>();
  const watching = new Set<{ operationId: string; notify: () => void }>();
  const harness = {
    sent,
    recorded,
    watching,
    feed: {
      connected: true,
      watch(operationId: string, notify: () => void) {
        const watcher = { operationId, notify };
        watching.add(watcher);
        return () => void watching.delete(watcher);
      },
      close: async () => {},
    },
    catalog: {
      prices: async (names) =>
        Object.fromEntries(names.map((name) => [name, { status: 'known', unitPriceMinor: 5 }] as const)),
    } as Catalog,
    find: async (operationId: string) => recorded.get(operationId),
    /** As the database does it: this request's record, else another one's under the key. */
    async findRequest(operationId: string) {
      const own = await harness.find(operationId);
      return own ?? [...recorded.values()].find((other) => keyOf(other.operationId) === keyOf(operationId));
    },
    send: async (envelope: CommandEnvelope): Promise<void> => harness.apply(envelope),
    apply({ operationId, fingerprint }: CommandEnvelope, result: OperationResult = applied) {
      recorded.set(operationId, { operationId, command: 'addItem', fingerprint, result, cart: aCart });
      for (const watcher of watching) if (watcher.operationId === operationId) watcher.notify();
    },
    /** Another API process over the same Temporal and Postgres. */
    createProcess() {
      const submit = createSubmitCommand({
        commands: {
          touch: async () => {},
          send: async (_cartId, envelope) => {
            sent.push(envelope);
            await harness.send(envelope);
          },
        },
        places: createCartPlaces(),
        views: {
          findCart: async () => aCart,
          findCartHead: async () => aCart,
          findOperation: (_cartId, operationId) => harness.find(operationId),
          findRequest: (_cartId, operationId) => harness.findRequest(operationId),
        },
        feed: harness.feed,
        catalog: { prices: (names) => harness.catalog.prices(names) },
      });
      return (change: Partial<Submission> = {}) => submit({ ...aSubmission, ...change });
    },
  };
  return { harness, submit: harness.createProcess() };
}

const aSubmission: Submission = {
  cartId: 'cart1',
  address: '192.0.2.1',
  command: unpriced,
  payload: ['apple'],
  idempotencyKey: undefined,
  // Whoever waits for the outcome is told of it: the wait does not end first.
  waitMs: 600_000,
};

describe('submitting a command', () => {
  it('sends it with its price, and answers when the read model has its outcome', async () => {
    const { harness, submit } = createHarness();
    expect(await submit()).toMatchObject({ status: 'applied', cart: aCart });
    expect(harness.sent[0]?.command).toMatchObject({
      items: [{ price: { status: 'known', unitPriceMinor: 5 } }],
    });
    expect(harness.watching.size).toBe(0);
  });

  it('finds the outcome by looking for it when the notices are lost', async () => {
    const { harness, submit } = createHarness();
    harness.feed.connected = false;
    harness.feed.watch = () => () => {};
    expect((await submit()).status).toBe('applied');
  });

  it('answers pending when the outcome does not come in time, and stops watching', async () => {
    const { harness, submit } = createHarness();
    harness.send = async () => {};
    const result = await submit({ waitMs: 10 });
    expect(result).toEqual({ status: 'pending', operationId: harness.sent[0]?.operationId });
    expect(harness.watching.size).toBe(0);
  });

  it('answers pending at once when it is not to wait', async () => {
    const { harness, submit } = createHarness();
    expect((await submit({ waitMs: 0 })).status).toBe('pending');
    expect(harness.sent).toHaveLength(1);
  });

  it('rejects when it was not stored, and stops watching', async () => {
    const { harness, submit } = createHarness();
    harness.send = () => Promise.reject(new CommandNotStoredError('no'));
    const key = { idempotencyKey: expect.any(String) };
    await expect(submit()).rejects.toMatchObject(key);
    await expect(submit({ waitMs: 0 })).rejects.toMatchObject(key);
    await expect(submit({ idempotencyKey: 'mine' })).rejects.toMatchObject({
      idempotencyKey: 'mine',
    });
    expect(harness.watching.size).toBe(0);
  });

  it('tells a rejection', async () => {
    const { harness, submit } = createHarness();
    const rejection = { code: 'cart_full', maxLines: 100 } as const;
    harness.send = async (envelope) => harness.apply(envelope, { status: 'rejected', rejection });
    expect(await submit()).toEqual({ status: 'rejected', rejection });
  });

  it('needs no Postgres: the command goes on without a price, and is pending', async () => {
    const { harness, submit } = createHarness();
    harness.find = away;
    harness.catalog = { prices: away };
    expect((await submit({ idempotencyKey: 'k', waitMs: 10 })).status).toBe('pending');
    expect(harness.sent[0]?.command).toMatchObject({ items: [{ price: { status: 'pending' } }] });
  });

  it('refuses what the catalogue does not have without sending it', async () => {
    const { harness, submit } = createHarness();
    harness.catalog = { prices: async () => ({ apple: { status: 'unknown' } }) };
    expect(await submit()).toEqual({
      status: 'rejected',
      rejection: { code: 'unknown_product', names: ['apple'] },
    });
    expect(harness.sent).toEqual([]);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = { idempotencyKey: 'k' };
  const refused = { status: 'rejected', rejection: { code: 'idempotency_key_reused' } };

  it('that has its outcome on record replays it, and sends nothing', async () => {
    const { harness, submit } = createHarness();
    const first = await submit(keyed);
    expect(first).not.toHaveProperty('replayed');
    expect(await submit(keyed)).toEqual({ ...first, replayed: true });
    expect(harness.sent).toHaveLength(1);
  });

  it('replays after a restart of the API, and through another process', async () => {
    const { harness, submit } = createHarness();
    const first = await submit(keyed);
    expect(await harness.createProcess()(keyed)).toEqual({ ...first, replayed: true });
    expect(harness.sent).toHaveLength(1);
  });

  it('replays a rejection too', async () => {
    const { harness, submit } = createHarness();
    const rejection = { code: 'cart_full', maxLines: 100 } as const;
    harness.send = async (envelope) => harness.apply(envelope, { status: 'rejected', rejection });
    await submit(keyed);
    expect(await submit(keyed)).toEqual({ status: 'rejected', rejection, replayed: true });
    expect(harness.sent).toHaveLength(1);
  });

  it.each<[string, Partial<Submission>]>([
    ['payload', { payload: ['pear'] }],
    ['command', { command: { type: 'clearItems' } }],
    ['condition', { ifMatch: [3] }],
  ])('with another %s is refused, which is no replay', async (_what, change) => {
    const { harness, submit } = createHarness();
    await submit(keyed);
    expect(await submit({ ...keyed, ...change })).toEqual(refused);
    expect(harness.sent).toHaveLength(1);
  });

  it('whose request is being answered is in progress; for another payload it is refused', async () => {
    const { harness, submit } = createHarness();
    harness.send = async () => {};
    const first = submit(keyed);
    await expect.poll(() => harness.sent.length).toBe(1);
    expect(await submit(keyed)).toEqual({ status: 'in_progress' });
    expect(await submit({ ...keyed, payload: ['pear'] })).toEqual(refused);
    expect(harness.sent).toHaveLength(1);
    harness.apply(harness.sent[0]!);
    const answer = await first;
    expect(answer).toMatchObject({ status: 'applied' });
    expect(await submit(keyed)).toEqual({ ...answer, replayed: true });
  });

  it('whose request another process is answering joins it, as one operation', async () => {
    const { harness, submit } = createHarness();
    harness.send = async () => {};
    const [here, there] = [submit(keyed), harness.createProcess()(keyed)];
    await expect.poll(() => harness.sent.length).toBe(2);
    expect(harness.sent[1]?.operationId).toBe(harness.sent[0]?.operationId);
    harness.apply(harness.sent[0]!);
    expect([await here, await there]).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
  });

  it.each([
    ['was not stored', new CommandNotStoredError('no')],
    ['failed for a reason of ours', new TypeError('a bug')],
  ])(
    'whose request %s is not remembered: the next try is sent, also for another payload',
    async (_, error) => {
      const { harness, submit } = createHarness();
      harness.send = () => Promise.reject(error);
      await expect(submit(keyed)).rejects.toThrow();
      harness.send = async (envelope) => harness.apply(envelope);
      const answer = await submit({ ...keyed, payload: ['pear'] });
      expect(answer).toMatchObject({ status: 'applied' });
      expect(answer).not.toHaveProperty('replayed');
      expect(harness.sent).toHaveLength(2);
    },
  );

  it('of a request that is pending gives its repetition the same operation, another cart and another payload their own', async () => {
    const { harness, submit } = createHarness();
    harness.send = async () => {};
    const ask = async (change: Partial<Submission>) => {
      const result = await submit({ ...keyed, ...change, waitMs: 0 });
      return result.status === 'pending' ? result.operationId : result.status;
    };
    const first = await ask({});
    expect(await ask({})).toBe(first);
    const [otherCart, otherPayload] = [await ask({ cartId: 'cart2' }), await ask({ payload: ['pear'] })];
    expect(new Set([first, otherCart, otherPayload]).size).toBe(3);
    expect(keyOf(otherPayload)).toBe(keyOf(first));
    expect(keyOf(otherCart)).not.toBe(keyOf(first));
  });

  it('that is missing makes every request an operation of its own', async () => {
    const { harness, submit } = createHarness();
    await Promise.all([submit(), submit()]);
    expect(new Set(harness.sent.map(({ operationId }) => operationId)).size).toBe(2);
  });
});

describe('If-Match', () => {
  it('travels with the command, which the cart decides: nothing is compared here', async () => {
    const { harness, submit } = createHarness();
    await submit({ ifMatch: [aCart.version + 1] });
    await submit({ ifMatch: '*' });
    await submit();
    expect(harness.sent.map(({ ifMatch }) => ifMatch)).toEqual([[aCart.version + 1], '*', undefined]);
  });
});
