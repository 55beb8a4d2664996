import { describe, expect, it, vi } from 'vitest';
import type { ReservationService, ReserveResult } from '../../activities/ports.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { createHttpReservationService } from '../../src/reservations/http-reservation-service.ts';
import { ServiceRequestError, ServiceUnreachableError } from '../../src/services/service-errors.ts';
import { openStub, unaborted } from './stub-harness.ts';

const one = { key: 'cart.line.1', item: 'apple', quantity: 2 };
const two = [
  { key: 'a', item: 'apple', quantity: 1 },
  { key: 'b', item: 'pear', quantity: 1 },
];

async function open(control: Parameters<typeof openStub>[0] = {}) {
  const stub = await openStub(control);
  return { stub, service: createHttpReservationService({ baseUrl: stub.url }) };
}

function idOf(result: ReserveResult | undefined): string {
  if (result?.status !== 'reserved') throw new Error(`not reserved: ${JSON.stringify(result)}`);
  return result.reservationId;
}

describe('reserve', () => {
  it('holds the units and returns the id of the hold', async () => {
    const { stub, service } = await open();
    const [result] = await service.reserve([one], unaborted);
    expect((await stub.ledger()).holds).toMatchObject([
      { reservationId: idOf(result), key: one.key, item: 'apple', quantity: 2, state: 'held' },
    ]);
  });

  it('answers out of stock as unavailable with its reason', async () => {
    const { service } = await open({ stock: { apple: 1 } });
    expect(await service.reserve([one], unaborted)).toEqual([
      { key: one.key, status: 'unavailable', reason: 'out of stock: 1 of "apple" left' },
    ]);
  });

  it('sends several entries as one call and answers each of them, in their order', async () => {
    const { stub, service } = await open({ stock: { pear: 0 } });
    expect(await service.reserve(two, unaborted)).toMatchObject([
      { key: 'a', status: 'reserved' },
      { key: 'b', status: 'unavailable' },
    ]);
    expect((await stub.ledger()).calls).toMatchObject({ batch: 1, reserve: 0 });
  });

  it('ends with one hold when the answer was lost and the call is repeated', async () => {
    const { stub, service } = await open({ loseNextAnswers: 1 });
    await expect(service.reserve([one], unaborted)).rejects.toThrow(ServiceUnreachableError);
    const [held] = (await stub.ledger()).holds;
    expect(idOf((await service.reserve([one], unaborted))[0])).toBe(held?.reservationId);
    expect((await stub.ledger()).holds).toHaveLength(1);
  });

  it('ends with one hold an entry when the answer to a batch was lost', async () => {
    const { stub, service } = await open({ loseNextAnswers: 1 });
    await expect(service.reserve(two, unaborted)).rejects.toThrow(ServiceUnreachableError);
    await service.reserve(two, unaborted);
    expect((await stub.ledger()).holds).toHaveLength(2);
  });
});

describe('adjust', () => {
  it('moves the hold up and down', async () => {
    const { stub, service } = await open();
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    for (const quantity of [9, 3]) {
      const request = { key: `to-${quantity}`, reservationId, quantity };
      expect(await service.adjust(request, unaborted)).toEqual({ status: 'adjusted' });
      expect((await stub.ledger()).holds).toMatchObject([{ quantity }]);
    }
  });

  it('answers more than there is as unavailable, and keeps what is held', async () => {
    const { stub, service } = await open({ stock: { apple: 3 } });
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    const result = await service.adjust({ key: 'up', reservationId, quantity: 4 }, unaborted);
    expect(result.status).toBe('unavailable');
    expect((await stub.ledger()).holds).toMatchObject([{ quantity: 2, state: 'held' }]);
  });

  it('is gone for a reservation that does not exist', async () => {
    const { service } = await open();
    const request = { key: 'k', reservationId: 'none', quantity: 1 };
    expect(await service.adjust(request, unaborted)).toEqual({ status: 'gone' });
  });
});

describe('commit', () => {
  it('sells what is held, and may be repeated', async () => {
    const { stub, service } = await open();
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    expect(await service.commit(reservationId, unaborted)).toBe('committed');
    expect(await service.commit(reservationId, unaborted)).toBe('committed');
    expect((await stub.ledger()).holds).toMatchObject([{ state: 'committed' }]);
  });

  it('finds gone what was released, and what never was', async () => {
    const { service } = await open();
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    await service.release({ by: 'id', reservationId }, unaborted);
    expect(await service.commit(reservationId, unaborted)).toBe('gone');
    expect(await service.commit('none', unaborted)).toBe('gone');
  });

  it.each([404, 409, 410])('takes %i as gone', async (status) => {
    expect(await answering(status, {}).commit('r-1', unaborted)).toBe('gone');
  });

  it('is retryable when the service fails', async () => {
    await expect(answering(503, {}).commit('r-1', unaborted)).rejects.toThrow(ServiceUnreachableError);
  });
});

describe('a hold that ends by itself', () => {
  const expires_at = '2026-11-24T13:00:00.500+01:00';
  const expiresAt = Date.parse('2026-11-24T12:00:00.500Z');

  it('is reserved until the instant that the service names', async () => {
    const answer = answering(201, { reservation_id: 'r-1', expires_at });
    expect(await reserveOne(answer)).toEqual([
      { key: one.key, status: 'reserved', reservationId: 'r-1', expiresAt },
    ]);
  });

  it('is so in a batch, entry by entry', async () => {
    const results = [{ ...reservedAs('a'), expires_at }, reservedAs('b')];
    expect(await reserveTwo(answering(200, { results }))).toEqual([
      { key: 'a', status: 'reserved', reservationId: 'r-a', expiresAt },
      { key: 'b', status: 'reserved', reservationId: 'r-b' },
    ]);
  });

  it('is renewed by an adjustment', async () => {
    const answer = answering(200, { reservation_id: 'r-1', quantity: 2, expires_at });
    expect(await adjustTo2(answer)).toEqual({ status: 'adjusted', expiresAt });
  });

  it('is gone to the real stub once it has expired', async () => {
    const { service } = await open({ holdTtlMs: 1 });
    const [result] = await service.reserve([one], unaborted);
    const reservationId = idOf(result);
    await vi.waitUntil(() => result?.status === 'reserved' && Date.now() > (result.expiresAt ?? Infinity));
    expect(await service.commit(reservationId, unaborted)).toBe('gone');
    const request = { key: 'renewal', reservationId, quantity: one.quantity };
    expect(await service.adjust(request, unaborted)).toEqual({ status: 'gone' });
  });

  it.each([404, 410])('is gone when an adjustment is answered %i', async (status) => {
    expect(await adjustTo2(answering(status, {}))).toEqual({ status: 'gone' });
  });

  it.each(['soon', '2026-11-24', 1_764_000_000])('until %s is no answer', async (instant) => {
    const call = reserveOne(answering(201, { reservation_id: 'r-1', expires_at: instant }));
    await expect(call).rejects.toThrow(ServiceUnreachableError);
  });
});

describe('release', () => {
  it.each(['id', 'key'] as const)('by %s frees the hold and may be repeated', async (by) => {
    const { stub, service } = await open();
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    const hold = by === 'id' ? { by, reservationId } : { by, key: one.key };
    await service.release(hold, unaborted);
    await service.release(hold, unaborted);
    expect((await stub.ledger()).holds).toMatchObject([{ state: 'released' }]);
  });

  it('by key of a reservation that is still under way leaves no hold', async () => {
    const { stub, service } = await open({ latencyMs: 200 });
    const reserving = service.reserve([one], unaborted);
    await stub.arrived('reserve');
    await service.release({ by: 'key', key: one.key }, unaborted);
    expect(await reserving).toMatchObject([{ status: 'unavailable', reason: 'this key was released' }]);
    expect((await stub.ledger()).holds).toEqual([]);
  });

  it('has nothing left to let go of a hold that was sold', async () => {
    const { stub, service } = await open();
    const reservationId = idOf((await service.reserve([one], unaborted))[0]);
    await stub.send('POST', `/reservations/${reservationId}/commit`);
    await service.release({ by: 'id', reservationId }, unaborted);
    expect((await stub.ledger()).holds).toMatchObject([{ state: 'committed' }]);
  });

  it.each([{ failNext: 1 }, { dropNext: 1 }])('is retryable when it meets %o', async (fault) => {
    const { service } = await open(fault);
    const call = service.release({ by: 'key', key: 'k' }, unaborted);
    await expect(call).rejects.toThrow(ServiceUnreachableError);
  });
});

describe('abort', () => {
  it('passes the abort of the caller through untouched', async () => {
    const { stub, service } = await open({ latencyMs: 60_000 });
    const caller = new AbortController();
    const reserving = service.reserve([one], caller.signal);
    const failed = expect(reserving).rejects.toMatchObject({ name: 'AbortError' });
    await stub.arrived('reserve');
    caller.abort();
    await failed;
  });

  it('passes the reason of the abort through', async () => {
    const { service } = await open();
    const reason = new Error('the activity was cancelled');
    await expect(service.reserve([one], AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

/** A service that answers every call with this. */
function answering(status: number, body: unknown): ReservationService {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const fetch = () => Promise.resolve(new Response(status === 204 ? null : text, { status }));
  return createHttpReservationService({ baseUrl: 'http://reservations.test', fetch });
}

const reserveOne = (service: ReservationService) => service.reserve([one], unaborted);
const reserveTwo = (service: ReservationService) => service.reserve(two, unaborted);
const adjustTo2 = (service: ReservationService) =>
  service.adjust({ key: 'k', reservationId: 'r-1', quantity: 2 }, unaborted);
const reservedAs = (key: string) => ({ key, status: 'reserved', reservation_id: `r-${key}` });

describe('an answer outside the contract is retryable', () => {
  it.each([
    ['no JSON', reserveOne, 201, 'created'],
    ['no reservation id', reserveOne, 201, {}],
    ['a batch that leaves an entry out', reserveTwo, 200, { results: [reservedAs('a')] }],
    [
      'a batch that answers an entry twice',
      reserveTwo,
      200,
      { results: ['a', 'b', 'a'].map((key) => reservedAs(key)) },
    ],
    [
      'a batch that answers what was not asked',
      reserveTwo,
      200,
      { results: ['a', 'c'].map((key) => reservedAs(key)) },
    ],
    ['an adjustment without a body', adjustTo2, 200, ''],
    ['an adjustment of another hold', adjustTo2, 200, { reservation_id: 'r-2', quantity: 2 }],
    ['an adjustment to another quantity', adjustTo2, 200, { reservation_id: 'r-1', quantity: 9 }],
  ] as const)('%s', async (_, call, status, body) => {
    await expect(call(answering(status, body))).rejects.toThrow(ServiceUnreachableError);
  });

  it('keeps what was wrong with it as the cause', async () => {
    await expect(reserveOne(answering(201, {}))).rejects.toMatchObject({ cause: expect.any(Error) });
  });
});

describe('status', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('%i is retryable', async (status) => {
    await expect(reserveOne(answering(status, {}))).rejects.toThrow(ServiceUnreachableError);
  });

  it.each([400, 401, 403, 404, 413, 422])('%i is permanent, with its detail', async (status) => {
    const call = reserveOne(answering(status, { detail: 'because' }));
    await expect(call).rejects.toThrow(ServiceRequestError);
    await expect(call).rejects.toThrow(`POST /reserve was answered ${status}: because`);
  });

  it('is told with no more of its detail than people can read', async () => {
    const call = reserveOne(answering(400, { detail: `because\u0000${'x'.repeat(5_000)}` }));
    await expect(call).rejects.toThrow(/answered 400: because x{192}$/);
  });

  it.each([301, 302, 307, 308])('%i is no answer: nobody but the service is asked', async (status) => {
    const asked: string[] = [];
    const elsewhere = await startHttpServer({
      ...{ host: '127.0.0.1', port: 0 },
      fetch: (request: Request) => {
        asked.push(request.url);
        return Response.json({ reservation_id: 'r-elsewhere' }, { status: 201 });
      },
    });
    const location = `http://127.0.0.1:${elsewhere.port}/reserve`;
    const service = await startHttpServer({
      ...{ host: '127.0.0.1', port: 0 },
      fetch: () => new Response(null, { status, headers: { location } }),
    });
    const baseUrl = `http://127.0.0.1:${service.port}`;
    const call = createHttpReservationService({ baseUrl }).reserve([one], unaborted);
    await expect(call).rejects.toThrow(ServiceUnreachableError);
    expect(asked).toEqual([]);
    await Promise.all([service.close(0), elsewhere.close(0)]);
  });

  it('409 is no answer to a batch', async () => {
    await expect(reserveTwo(answering(409, {}))).rejects.toThrow(ServiceRequestError);
  });

  it('404 counts as released', async () => {
    const service = answering(404, {});
    await expect(service.release({ by: 'id', reservationId: 'gone' }, unaborted)).resolves.toBeUndefined();
  });
});

it('says what the network said when there is no answer', async () => {
  const cause = new TypeError('fetch failed');
  const fetch = () => Promise.reject(cause);
  const service = createHttpReservationService({ baseUrl: 'http://reservations.test', fetch });
  const call = reserveOne(service);
  await expect(call).rejects.toThrow(ServiceUnreachableError);
  await expect(call).rejects.toMatchObject({ cause });
});

it('keeps the path of a base URL', async () => {
  const seen: string[] = [];
  const fetch: typeof globalThis.fetch = (input) => {
    seen.push(String(input));
    return Promise.resolve(new Response(null, { status: 204 }));
  };
  const service = createHttpReservationService({ baseUrl: 'http://gateway.test/stock/', fetch });
  await service.release({ by: 'key', key: 'a b' }, unaborted);
  expect(seen).toEqual(['http://gateway.test/stock/reservations?key=a%20b']);
});
