import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Cart } from '../../src/domain/cart.ts';
import { createStreamPlaces } from '../../src/http/stream-places.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { readEvents } from '../support/event-stream.ts';
import { aCart, createFakeApi } from '../support/fake-api.ts';
import { createFakeLiveCarts } from '../support/fake-live-carts.ts';
import { until } from '../support/shopper.ts';

const host = '127.0.0.1';
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

function createLiveApi({ perCart = 20, perProcess = 100, heartbeatMs = 60_000 } = {}) {
  const live = createFakeLiveCarts();
  const places = createStreamPlaces({ perCart, perProcess });
  cleanUps.push(
    () => live.carts.close(),
    () => places.close(),
  );
  const api = createFakeApi({ live: { carts: live.carts, places, heartbeatMs } });
  const save = (version: number, change: Partial<Cart> = {}) =>
    live.save({ ...aCart, ...change, cartId: api.cartId, version } as Cart);
  api.behaviour.views.findCart = async (cartId) => live.rows.get(cartId)?.cart;
  api.behaviour.views.findCartHead = api.behaviour.views.findCart;
  const path = `${api.cartPath}/events`;
  const open = async (headers: Record<string, string> = {}) => await api.app.request(path, { headers });
  return { ...api, live, places, save, path, open };
}

/** No place is taken, and no cart is watched. */
const isIdle = ({ live, places }: ReturnType<typeof createLiveApi>) =>
  until(
    async () => [places.taken, live.carts.watchedCarts],
    ([taken, watched]) => taken === 0 && watched === 0,
  );

describe('GET …/events', () => {
  it('is a stream that nobody stores or collects, with a hint when to come back', async () => {
    const api = createLiveApi();
    const response = await api.open();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'private, no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    });
    const events = readEvents(response);
    await events.nextCart();
    expect(events.retryMs).toBeGreaterThanOrEqual(1_000);
    await events.cancel();
  });

  it('sends the cart as GET answers it, and each change', async () => {
    const api = createLiveApi();
    api.save(3);
    const events = readEvents(await api.open());
    expect(await events.nextCart()).toEqual((await api.call('GET', api.cartPath)).body);
    for (const version of [4, 5]) {
      api.save(version);
      expect(await events.nextCart()).toEqual((await api.call('GET', api.cartPath)).body);
    }
    await events.cancel();
  });

  it('does the same on every mount, and gives who brings no session one', async () => {
    const api = createLiveApi();
    api.save(3);
    const byHeader = { 'session-id': api.sessionId };
    const byCookie = { cookie: `cart_session=${api.sessionId}` };
    for (const [path, headers] of [
      [`/api/cart/${api.sessionId}/events`, {}],
      ['/api/v1/events', byHeader],
      ['/events', byHeader],
      ['/api/v1/events', byCookie],
      ['/events', byCookie],
    ] as const) {
      const events = readEvents(await api.app.request(path, { headers }));
      expect(await events.nextCart()).toMatchObject({ cartId: api.cartId, version: 3 });
      await events.cancel();
    }
    const fresh = await api.app.request('/events');
    const sessionId = fresh.headers.get('session-id') ?? '';
    expect(fresh.headers.getSetCookie()[0]).toContain(`cart_session=${sessionId}`);
    const events = readEvents(fresh);
    expect(await events.nextCart()).toMatchObject({ version: 0, items: [] });
    await events.cancel();
  });

  it('leaves out the version in Last-Event-ID, and takes no notice of one that is no version', async () => {
    const api = createLiveApi();
    api.save(3);
    const resumed = readEvents(await api.open({ 'last-event-id': '3' }));
    const other = readEvents(await api.open({ 'last-event-id': 'x' }));
    expect(await other.nextCart()).toMatchObject({ version: 3 });
    api.save(4);
    expect(await resumed.nextCart()).toMatchObject({ version: 4 });
    await Promise.all([resumed.cancel(), other.cancel()]);
  });

  it('does not touch the cart: an open tab does not keep what is held for ever', async () => {
    const api = createLiveApi();
    api.save(3);
    const events = readEvents(await api.open());
    await events.nextCart();
    expect(api.touched).toEqual([]);
    await events.cancel();
  });

  it('answers 503 and keeps no place when the cart cannot be read', async () => {
    const api = createLiveApi();
    api.live.whileReading = () => Promise.reject(new Error('away'));
    const answer = await api.call('GET', api.path);
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    await isIdle(api);
  });

  it('answers HEAD without opening a stream', async () => {
    const api = createLiveApi();
    const response = await api.app.request(api.path, { method: 'HEAD' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(api.places.taken).toBe(0);
  });

  it('answers 429 past the streams of a cart and 503 past those of the process, until one is closed', async () => {
    const api = createLiveApi({ perCart: 2, perProcess: 3 });
    const streams = [readEvents(await api.open()), readEvents(await api.open())];
    const tooMany = await api.call('GET', api.path);
    expect(tooMany).toMatchObject({ status: 429, body: { code: 'too_many_streams' } });
    expect(tooMany.headers.get('retry-after')).toBe('1');
    streams.push(readEvents(await api.app.request('/events')));
    const full = await api.call('GET', '/events');
    expect(full).toMatchObject({ status: 503, body: { code: 'streams_full' } });
    expect(full.headers.get('retry-after')).toBe('1');
    await streams[0]!.cancel();
    const again = readEvents(await until(api.open, ({ status }) => status === 200));
    await again.nextCart();
    await Promise.all([...streams.slice(1), again].map((stream) => stream.cancel()));
    await isIdle(api);
  });

  it('ends when the cart is claimed, and is not there any more', async () => {
    const api = createLiveApi();
    api.save(3);
    const events = readEvents(await api.open());
    await events.nextCart();
    api.save(4, { status: 'claiming', toCartId: 'user1' } as Partial<Cart>);
    await isIdle(api);
    expect((await api.open()).status).toBe(404);
    await events.cancel();
  });

  it('ends cleanly when the process stops, and then takes no new stream', async () => {
    const api = createLiveApi();
    api.save(1);
    const events = readEvents(await api.open());
    await events.nextCart();
    api.places.close();
    expect(await events.next()).toBeUndefined();
    await isIdle(api);
    expect(await api.call('GET', api.path)).toMatchObject({ status: 503, body: { code: 'streams_full' } });
  });
});

describe('over a connection', () => {
  async function serve(api: ReturnType<typeof createLiveApi>) {
    const answers: { destroyed: boolean }[] = [];
    const server = await startHttpServer({
      fetch: (request, env) => {
        answers.push((env as { outgoing: { destroyed: boolean } }).outgoing);
        return api.app.fetch(request, env);
      },
      host,
      port: 0,
    });
    cleanUps.push(() => server.close(0));
    return { port: server.port, answers };
  }

  it('sends heartbeats as comments, and leaves nothing behind when the client is gone', async () => {
    const api = createLiveApi({ heartbeatMs: 100 });
    const { port } = await serve(api);
    const leave = new AbortController();
    const response = await fetch(`http://${host}:${port}${api.path}`, { signal: leave.signal });
    const events = readEvents(response);
    await events.nextCart();
    expect(api.places.taken).toBe(1);
    const next = events.next();
    await until(
      async () => events.comments.length,
      (comments) => comments >= 2,
    );
    leave.abort();
    await expect(next).rejects.toThrow();
    await isIdle(api);
  });

  it('piles nothing up for a client that reads nothing, and lets it go', async () => {
    const api = createLiveApi({ heartbeatMs: 250 });
    const { port, answers } = await serve(api);
    const name = 'a name that takes its space '.repeat(7);
    const lines = Array.from({ length: 100 }, (_, index) => ({
      ...aCart.lines[0]!,
      itemId: `${index}`,
      name,
    }));
    api.save(1, { lines });
    const socket = connect(port, host);
    cleanUps.push(() => socket.destroy());
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET ${api.path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await until(
      async () => api.places.taken,
      (taken) => taken === 1,
    );
    let version = 1;
    await until(
      async () => {
        for (let saves = 0; saves < 20; saves += 1) api.save((version += 1), { lines });
        return api.places.taken;
      },
      (taken) => taken === 0,
      30_000,
    );
    await isIdle(api);
    const ends = await until(
      async () => answers.map(({ destroyed }) => destroyed),
      (destroyed) => destroyed.every(Boolean),
    );
    expect(ends).toEqual([true]);
  });
});
