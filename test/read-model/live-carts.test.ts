import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import { aCart } from '../support/fake-api.ts';
import { createFakeLiveCarts, type FakeLiveCarts } from '../support/fake-live-carts.ts';

let fake: FakeLiveCarts;

beforeEach(() => {
  vi.useFakeTimers();
  fake = createFakeLiveCarts();
});

afterEach(() => {
  fake.carts.close();
  vi.useRealTimers();
});

const cartAt = (version: number, cartId = 'cart1'): Cart => ({ ...aCart, cartId, version });

/** Lets every read that is under way come to its end. */
const settle = () => vi.advanceTimersByTimeAsync(0);

function watch(cartId = 'cart1') {
  const versions: number[] = [];
  const watching = fake.carts.watch(cartId, (cart) => versions.push(cart?.version ?? 0));
  return { versions, ...watching };
}

/** Holds the answer of the next read back until it is let go. */
function holdRead(): () => void {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  fake.whileReading = () => held;
  return () => {
    fake.whileReading = async () => {};
    letGo();
  };
}

describe('live carts', () => {
  it('tell a watcher the cart at once, and then each save in order', async () => {
    fake.save(cartAt(3));
    const { versions, ready } = watch();
    await ready;
    expect(versions).toEqual([3]);
    for (const version of [4, 5, 6]) {
      fake.save(cartAt(version));
      await settle();
    }
    expect(versions).toEqual([3, 4, 5, 6]);
  });

  it('tell of a cart that is not there yet, and of its first save', async () => {
    const { versions, ready } = watch();
    await ready;
    fake.save(cartAt(1));
    await settle();
    expect(versions).toEqual([0, 1]);
  });

  it('read a changed cart once, however many watch it, and none that nobody watches', async () => {
    const watchers = Array.from({ length: 50 }, () => watch());
    await Promise.all(watchers.map(({ ready }) => ready));
    fake.reads.length = 0;
    fake.save(cartAt(1));
    fake.save(cartAt(1, 'cart2'));
    await settle();
    expect(fake.reads).toEqual([[{ cartId: 'cart1', fence: 0, version: 0 }]]);
    for (const { versions } of watchers) expect(versions).toEqual([0, 1]);
  });

  it('read once more for whatever changes during a read, and tell the newest state only', async () => {
    const { versions, ready } = watch();
    await ready;
    await settle();
    fake.reads.length = 0;
    const letGo = holdRead();
    fake.save(cartAt(1));
    for (const version of [2, 3, 4]) fake.save(cartAt(version));
    letGo();
    await settle();
    expect(versions).toEqual([0, 1, 4]);
    expect(fake.reads).toHaveLength(2);
  });

  it('never tell an older state, and do tell what a task that was done again has written', async () => {
    fake.save(cartAt(7), { fence: 3 });
    const { versions, ready } = watch();
    await ready;
    fake.save(cartAt(6), { fence: 3 });
    await settle();
    expect(versions).toEqual([7]);
    fake.save(cartAt(6), { fence: 5 });
    await settle();
    fake.save(cartAt(8), { fence: 4 });
    await settle();
    expect(versions).toEqual([7, 6]);
  });

  it('let who opens during a read wait for the next one, which knows what the client knows', async () => {
    fake.save(cartAt(1));
    const { ready } = watch();
    await ready;
    await settle();
    const letGo = holdRead();
    fake.save(cartAt(2));
    const late = watch();
    fake.save(cartAt(3), { silently: true });
    letGo();
    await late.ready;
    expect(late.versions).toEqual([3]);
    expect(fake.reads.at(-1)).toEqual([{ cartId: 'cart1', fence: 0, version: 0 }]);
  });

  it('read many changed carts in statements of 200', async () => {
    const ids = Array.from({ length: 450 }, (_, index) => `cart${index}`);
    const watchers = ids.map((cartId) => watch(cartId));
    await Promise.all(watchers.map(({ ready }) => ready));
    fake.reads.length = 0;
    const letGo = holdRead();
    for (const cartId of ids) fake.save(cartAt(1, cartId));
    letGo();
    await settle();
    expect(fake.reads.map(({ length }) => length)).toEqual([1, 200, 200, 49]);
    for (const { versions } of watchers) expect(versions).toEqual([0, 1]);
  });

  it('fail who opens while the database is away, and tell the others when it is back', async () => {
    const { versions, ready } = watch();
    await ready;
    fake.whileReading = () => Promise.reject(new Error('away'));
    fake.save(cartAt(1));
    await settle();
    const refused = watch();
    await expect(refused.ready).rejects.toThrow('away');
    refused.stop();
    fake.whileReading = async () => {};
    await vi.advanceTimersByTimeAsync(1_000);
    expect(versions).toEqual([0, 1]);
    expect(refused.versions).toEqual([]);
  });

  it('fail who opens when the database does not answer', async () => {
    holdRead();
    const { ready } = watch();
    const failed = expect(ready).rejects.toThrow('longer than 3000 ms');
    await vi.advanceTimersByTimeAsync(3_000);
    await failed;
  });

  it('look every second while the listening connection is lost', async () => {
    const watchers = ['cart1', 'cart2'].map((cartId) => watch(cartId));
    await Promise.all(watchers.map(({ ready }) => ready));
    fake.feed.connected = false;
    fake.save(cartAt(1), { silently: true });
    fake.reads.length = 0;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(watchers.map(({ versions }) => versions)).toEqual([[0, 1], [0]]);
    expect(fake.reads.map(({ length }) => length)).toEqual([2]);
  });

  it('look at once when the connection is back, and seldom while it stands', async () => {
    const { versions, ready } = watch();
    await ready;
    fake.save(cartAt(1), { silently: true });
    fake.reconnect();
    await settle();
    expect(versions).toEqual([0, 1]);
    fake.save(cartAt(2), { silently: true });
    await vi.advanceTimersByTimeAsync(14_000);
    expect(versions).toEqual([0, 1]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(versions).toEqual([0, 1, 2]);
  });

  it('stop listening and looking when they are closed', () => {
    expect(fake.listeners.size).toBe(1);
    fake.carts.close();
    expect([fake.listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it('forget a cart that nobody watches any more', async () => {
    const [one, other] = [watch(), watch()];
    await Promise.all([one.ready, other.ready]);
    one.stop();
    fake.save(cartAt(1));
    await settle();
    expect([one.versions, other.versions]).toEqual([[0], [0, 1]]);
    other.stop();
    expect(fake.carts.watchedCarts).toBe(0);
    fake.reads.length = 0;
    fake.save(cartAt(2));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.reads).toEqual([]);
  });
});
