import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import { createCartStream, type CartStreamOptions } from '../../src/http/cart-stream.ts';
import { aCart } from '../support/fake-api.ts';

const heartbeatMs = 15_000;
const sessionMs = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const cartAt = (version: number): Cart => ({ ...aCart, version });
const settle = () => vi.advanceTimersByTimeAsync(0);

/** A stream whose client takes what it is sent, unless told not to. */
function openStream(options: Partial<CartStreamOptions> = {}) {
  const written: string[] = [];
  let room: Promise<void> = Promise.resolve();
  let makeRoom = () => {};
  let dropped = 0;
  const stream = createCartStream({
    lastSeen: undefined,
    heartbeatMs,
    expiresAt: Date.now() + sessionMs,
    ...options,
  });
  const write = async (what: string) => {
    written.push(what);
    await room;
  };
  const running = stream.writeTo({
    hello: () => write('hello'),
    cart: (cart) => write(String(cart?.version ?? 0)),
    heartbeat: () => write('heartbeat'),
    drop() {
      dropped += 1;
      makeRoom();
    },
  });
  return {
    ...stream,
    written,
    running,
    get dropped() {
      return dropped;
    },
    /** The client takes nothing more until `resume`. */
    stall() {
      room = new Promise((resolve) => (makeRoom = resolve));
    },
    resume() {
      makeRoom();
      room = Promise.resolve();
    },
    /** And leaves no timer behind. */
    async finish() {
      stream.end();
      await running;
      expect(vi.getTimerCount()).toBe(0);
    },
  };
}

describe('a stream of a cart', () => {
  it('writes each state as it comes', async () => {
    const stream = openStream();
    for (const version of [1, 2, 3]) {
      stream.push(cartAt(version));
      await settle();
    }
    await stream.finish();
    expect(stream.written).toEqual(['hello', '1', '2', '3']);
  });

  it('keeps only the newest state for a client that is slow', async () => {
    const stream = openStream();
    await settle();
    stream.stall();
    for (let version = 1; version <= 1_000; version += 1) {
      stream.push(cartAt(version));
      await Promise.resolve();
    }
    await settle();
    stream.resume();
    await settle();
    await stream.finish();
    expect(stream.written.at(-1)).toBe('1000');
    expect(stream.written.length).toBeLessThanOrEqual(4);
  });

  it('leaves out the version that the client has, and no other', async () => {
    const first = async (lastSeen: number | undefined, version: number) => {
      const stream = openStream({ lastSeen });
      stream.push(version === 0 ? undefined : cartAt(version));
      await settle();
      await stream.finish();
      return stream.written.slice(1);
    };
    expect(await first(5, 5)).toEqual([]);
    expect(await first(0, 0)).toEqual([]);
    expect(await first(5, 7)).toEqual(['7']);
    expect(await first(undefined, 5)).toEqual(['5']);
    // It has seen what a killed worker had written, and what is not so any more.
    expect(await first(7, 5)).toEqual(['5']);
  });

  it('writes what comes after the version that the client has', async () => {
    const stream = openStream({ lastSeen: 5 });
    stream.push(cartAt(5));
    await settle();
    stream.push(cartAt(6));
    await settle();
    await stream.finish();
    expect(stream.written).toEqual(['hello', '6']);
  });

  it('sends a heartbeat when there has been nothing else for so long', async () => {
    const stream = openStream();
    await vi.advanceTimersByTimeAsync(heartbeatMs - 1);
    stream.push(cartAt(1));
    await vi.advanceTimersByTimeAsync(heartbeatMs - 1);
    expect(stream.written).toEqual(['hello', '1']);
    await vi.advanceTimersByTimeAsync(2 * heartbeatMs + 1);
    expect(stream.written).toEqual(['hello', '1', 'heartbeat', 'heartbeat', 'heartbeat']);
    await stream.finish();
  });

  it('ends when the session expires', async () => {
    const stream = openStream({ expiresAt: Date.now() + 20_000 });
    await vi.advanceTimersByTimeAsync(20_000);
    await stream.running;
    expect(stream.written).toEqual(['hello', 'heartbeat']);
    expect(stream.dropped).toBe(0);
  });

  it('lets a client go that takes nothing for two heartbeats', async () => {
    const stream = openStream();
    await settle();
    stream.stall();
    stream.push(cartAt(1));
    await vi.advanceTimersByTimeAsync(2 * heartbeatMs - 1);
    expect(stream.dropped).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(stream.dropped).toBe(1);
    await stream.finish();
  });

  it('does not wait for such a client when it is to end', async () => {
    const stream = openStream();
    await settle();
    stream.stall();
    stream.push(cartAt(1));
    await settle();
    stream.end();
    await vi.advanceTimersByTimeAsync(1_000);
    await stream.running;
    expect(stream.dropped).toBe(1);
  });
});
