import { describe, expect, it } from 'vitest';
import { toCartView } from '../../src/domain/cart-view.ts';
import type { HistoryViews, Moment } from '../../src/read-model/history-views.ts';
import { addItem, given, item } from '../support/cart-scenario.ts';
import { createFakeApi } from '../support/fake-api.ts';

const { cart, events } = (() => {
  const cartLog = given(addItem(item('apple', 2)));
  return { cart: cartLog.cart, events: cartLog.nextSave()!.events };
})();
const last = events.at(-1)!;

function createApi() {
  const pages: { after: number | undefined; limit: number }[] = [];
  const moments: Moment[] = [];
  const history: HistoryViews = {
    async listEvents(_cartId, page) {
      pages.push(page);
      const rest = events.filter(({ version }) => version > (page.after ?? 0));
      const part = rest.slice(0, page.limit);
      return { events: part, next: rest.length > part.length ? part.at(-1)?.version : undefined };
    },
    async cartAt(_cartId, moment) {
      moments.push(moment);
      return 'version' in moment && moment.version > cart.version ? undefined : { cart, event: last };
    },
  };
  return { ...createFakeApi({ history }), pages, moments };
}

describe('GET …/history', () => {
  it('tells of each event when, who, what and for which command, oldest first', async () => {
    const api = createApi();
    const { status, body } = await api.call('GET', `${api.cartPath}/history`);
    expect(status).toBe(200);
    expect(body['next']).toBeNull();
    const [opened, added] = body['events'] as object[];
    expect(opened).toEqual({
      version: 1,
      type: 'CartOpened',
      at: new Date(events[0]!.at).toISOString(),
      by: 'service',
      operationId: null,
      data: { cartId: 'cart1', currency: 'EUR', ttlMs: 60_000 },
    });
    expect(added).toMatchObject({
      type: 'ItemAdded',
      by: 'shopper',
      operationId: events[1]!.operationId,
      data: { itemId: 'id-apple', name: 'apple', quantity: 2, unitPriceMinor: 100 },
    });
  });

  it('goes on where the cursor says, and refuses one that is not ours', async () => {
    const api = createApi();
    const first = await api.call('GET', `${api.cartPath}/history?limit=2`);
    const next = first.body['next'] as string;
    const second = await api.call('GET', `${api.cartPath}/history?limit=2&cursor=${next}`);
    expect((second.body['events'] as { version: number }[]).map(({ version }) => version)).toEqual([3]);
    expect(api.pages).toEqual([
      { after: undefined, limit: 2 },
      { after: 2, limit: 2 },
    ]);
    for (const cursor of ['abc', Buffer.from('{"version":"3"}').toString('base64url')]) {
      const answer = await api.call('GET', `${api.cartPath}/history?cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    }
  });

  it.each(['/api/v1', ''])(
    'is there for the session of a header or cookie too, under "%s"',
    async (prefix) => {
      const api = createApi();
      const headers = { 'session-id': api.sessionId };
      const { status, body } = await api.call('GET', `${prefix}/history`, undefined, headers);
      expect(status).toBe(200);
      expect(body['events']).toHaveLength(events.length);
    },
  );
});

describe('GET …/history?at=', () => {
  it('answers the cart as it was, and the event that made it so', async () => {
    const api = createApi();
    const { status, body } = await api.call('GET', `${api.cartPath}/history?at=3`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      at: { version: last.version, time: new Date(last.at).toISOString() },
      cart: toCartView(cart),
      event: { version: last.version, type: 'ReservationRequested', by: 'service', operationId: null },
    });
  });

  it.each<[string, Moment]>([
    ['3', { version: 3 }],
    ['0', { version: 0 }],
    ['2026-11-24T12:00:00Z', { time: Date.UTC(2026, 10, 24, 12) }],
    ['2026-11-24T12:00:00.123Z', { time: Date.UTC(2026, 10, 24, 12, 0, 0, 123) }],
    ['2026-11-24T12:00:00%2B01:00', { time: Date.UTC(2026, 10, 24, 11) }],
    ['0000-01-01T00:00:00Z', { time: 0 }],
  ])('takes %s', async (at, moment) => {
    const api = createApi();
    expect((await api.call('GET', `${api.cartPath}/history?at=${at}`)).status).toBe(200);
    expect(api.moments).toEqual([moment]);
  });

  it.each(['now', '-1', '1.5', '12345678901', '2026-11-24', '2026-13-24T12:00:00Z', ''])(
    'refuses "%s"',
    async (at) => {
      const api = createApi();
      const answer = await api.call('GET', `${api.cartPath}/history?at=${at}`);
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ pointer: '#/at' }] },
      });
      expect(api.moments).toEqual([]);
    },
  );

  it('says that there is no such version', async () => {
    const api = createApi();
    const answer = await api.call('GET', `${api.cartPath}/history?at=99`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'version_not_found' } });
  });
});
