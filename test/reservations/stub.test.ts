import { appendFile, open, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadStubConfig } from '../../src/dev/reservation-stub/config.ts';
import { spawnStub } from '../support/stub-process.ts';
import {
  newLedgerPath,
  openStub,
  reservationIdOf,
  stubClient,
  type LedgerView,
  type Stub,
} from './stub-harness.ts';

describe('keys', () => {
  it('answers a repeated request as it answered the first, and makes one hold', async () => {
    const stub = await openStub();
    const first = await stub.reserve('k', 'apple', 2);
    expect(first.status).toBe(201);
    expect(await stub.reserve('k', 'apple', 2)).toEqual(first);
    expect((await stub.ledger()).holds).toHaveLength(1);
  });

  it('makes one hold of parallel duplicates', async () => {
    const stub = await openStub({ latencyMs: 30 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => stub.reserve('k')));
    expect(new Set(answers.map((answer) => reservationIdOf(answer))).size).toBe(1);
    expect((await stub.ledger()).holds).toHaveLength(1);
  });

  it('refuses a key that belongs to another request', async () => {
    const stub = await openStub();
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    expect((await stub.reserve('k', 'apple', 3)).status).toBe(422);
    expect((await stub.adjust(id, 3, 'k')).status).toBe(422);
    expect((await stub.ledger()).holds).toMatchObject([{ quantity: 2 }]);
  });

  it('answers a late duplicate of an adjustment without undoing the ones after it', async () => {
    const stub = await openStub();
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    const first = await stub.adjust(id, 5, 'first');
    await stub.adjust(id, 3, 'second');
    expect(await stub.adjust(id, 5, 'first')).toEqual(first);
    expect((await stub.ledger()).holds).toMatchObject([{ quantity: 3 }]);
  });

  it('remembers a refused adjustment, even when there is stock again', async () => {
    const stub = await openStub({ stock: { apple: 2 } });
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    const refused = await stub.adjust(id, 3, 'up');
    await stub.control({ stock: { apple: 9 } });
    expect(refused.status).toBe(409);
    expect(await stub.adjust(id, 3, 'up')).toEqual(refused);
    expect((await stub.ledger()).holds).toMatchObject([{ quantity: 2 }]);
  });

  it('remembers a refusal, even when there is stock again', async () => {
    const stub = await openStub({ stock: { apple: 0 } });
    const refused = await stub.reserve('k');
    await stub.control({ stock: { apple: 5 } });
    expect(refused.status).toBe(409);
    expect(await stub.reserve('k')).toEqual(refused);
    expect((await stub.reserve('another')).status).toBe(201);
  });

  it('makes no hold under a key that was released before it came', async () => {
    const stub = await openStub();
    expect((await stub.send('DELETE', '/reservations?key=k')).status).toBe(204);
    expect(await stub.reserve('k')).toMatchObject({ status: 409, body: { detail: 'this key was released' } });
    expect((await stub.ledger()).holds).toEqual([]);
  });

  it('makes no adjustment under a key that was released before it came', async () => {
    const stub = await openStub();
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    await stub.send('DELETE', '/reservations?key=up');
    expect((await stub.adjust(id, 5, 'up')).status).toBe(409);
    expect((await stub.ledger()).holds).toMatchObject([{ quantity: 2 }]);
  });
});

describe('stock', () => {
  it('is finite, and a release gives it back', async () => {
    const stub = await openStub({ stock: { apple: 2 } });
    const id = reservationIdOf(await stub.reserve('a', 'apple', 2));
    expect((await stub.reserve('b')).status).toBe(409);
    await stub.send('DELETE', `/reservations/${id}`);
    expect((await stub.reserve('c')).status).toBe(201);
  });

  it('is never oversold by parallel reservations', async () => {
    const stub = await openStub({ stock: { apple: 7 }, latencyMs: 20 });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => stub.reserve(`k${n}`)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(await stub.stock()).toEqual({ apple: { total: 7, held: 7, sold: 0, available: 0 } });
  });

  it('of an adjusted hold changes by the difference', async () => {
    const stub = await openStub({ stock: { apple: 5 } });
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    expect((await stub.adjust(id, 6, 'too-much')).status).toBe(409);
    expect(await stub.adjust(id, 5, 'up')).toMatchObject({
      status: 200,
      body: { reservation_id: id, quantity: 5 },
    });
    await stub.adjust(id, 1, 'down');
    expect(await stub.stock()).toMatchObject({ apple: { held: 1, available: 4 } });
  });

  it('sold with a hold is gone: no release and no adjustment brings it back', async () => {
    const stub = await openStub({ stock: { apple: 2 } });
    const id = reservationIdOf(await stub.reserve('k', 'apple', 2));
    expect((await stub.send('POST', `/reservations/${id}/commit`)).status).toBe(200);
    expect((await stub.send('POST', `/reservations/${id}/commit`)).status).toBe(200);
    expect((await stub.send('DELETE', `/reservations/${id}`)).status).toBe(409);
    expect((await stub.adjust(id, 1, 'down')).status).toBe(409);
    expect(await stub.stock()).toEqual({ apple: { total: 2, held: 0, sold: 2, available: 0 } });
  });

  it('of a released hold cannot be adjusted or sold', async () => {
    const stub = await openStub();
    const id = reservationIdOf(await stub.reserve('k'));
    await stub.send('DELETE', `/reservations/${id}`);
    expect((await stub.adjust(id, 2, 'up')).status).toBe(404);
    expect((await stub.send('POST', `/reservations/${id}/commit`)).status).toBe(404);
  });

  it.each(['constructor', '__proto__', 'toString'])('of an item called %s is counted', async (item) => {
    const stub = await openStub({ stock: { '*': 1 } });
    expect((await stub.reserve('a', item, 2)).status).toBe(409);
    expect((await stub.reserve('b', item, 1)).status).toBe(201);
  });

  it('of a batch is given to each entry for itself', async () => {
    const stub = await openStub({ stock: { apple: 1 } });
    const entries = ['a', 'b'].map((key) => ({ key, item: 'apple', quantity: 1 }));
    const { body } = await stub.send('POST', '/reserve/batch', { entries });
    expect(body).toMatchObject({ results: [{ status: 'reserved' }, { key: 'b', status: 'unavailable' }] });
  });
});

describe('a hold that ends by itself', () => {
  const ttlMs = 150;
  const body = ({ body: answer }: { body: unknown }) => answer as { expires_at?: string };
  const expired = (stub: Stub, id: string) =>
    vi.waitUntil(async () => stateOf(await stub.ledger(), id) === 'expired', {
      interval: 10,
      timeout: 2_000,
    });
  const stateOf = ({ holds }: LedgerView, id: string) =>
    holds.find(({ reservationId }) => reservationId === id)?.state;

  it('is not made by default', async () => {
    const stub = await openStub();
    expect(await stub.reserve('k')).toMatchObject({ body: { reservation_id: expect.any(String) as string } });
    expect(body(await stub.reserve('k'))).not.toHaveProperty('expires_at');
  });

  it('says when in every answer', async () => {
    const stub = await openStub({ holdTtlMs: 60_000 });
    const before = Date.now();
    const reserved = await stub.reserve('a');
    const batch = await stub.send('POST', '/reserve/batch', {
      entries: [{ key: 'b', item: 'apple', quantity: 1 }],
    });
    const adjusted = await stub.adjust(reservationIdOf(reserved), 2, 'up');
    const [inBatch] = (batch.body as { results: { expires_at: string }[] }).results;
    for (const instant of [body(reserved).expires_at, inBatch?.expires_at, body(adjusted).expires_at]) {
      const inMs = Date.parse(instant ?? '') - before;
      expect(inMs).toBeGreaterThanOrEqual(60_000);
      expect(inMs).toBeLessThan(90_000);
    }
  });

  it('frees its units at that instant, and the ledger has it', async () => {
    const stub = await openStub({ holdTtlMs: ttlMs, stock: { apple: 2 } });
    const reserved = await stub.reserve('a', 'apple', 2);
    expect((await stub.reserve('b')).status).toBe(409);
    await expired(stub, reservationIdOf(reserved));
    expect((await stub.reserve('c', 'apple', 2)).status).toBe(201);
    expect((await stub.ledger('?key=a')).holds).toMatchObject([
      { state: 'expired', endedAt: body(reserved).expires_at, quantity: 2 },
    ]);
  });

  it('is renewed by an adjustment to the same quantity, even when no stock is left', async () => {
    const stub = await openStub({ holdTtlMs: ttlMs, stock: { apple: 2 } });
    const reserved = await stub.reserve('k', 'apple', 2);
    const id = reservationIdOf(reserved);
    await stub.control({ holdTtlMs: 60_000, stock: { apple: 0 } });
    const renewed = await stub.adjust(id, 2, 'renewal');
    expect(renewed.status).toBe(200);
    await vi.waitUntil(() => Date.now() > Date.parse(body(reserved).expires_at ?? ''));
    expect((await stub.ledger()).holds).toMatchObject([
      { state: 'held', expiresAt: body(renewed).expires_at },
    ]);
  });

  it('is not renewed by a renewal that is repeated', async () => {
    const stub = await openStub({ holdTtlMs: 60_000 });
    const id = reservationIdOf(await stub.reserve('k'));
    const renewed = await stub.adjust(id, 1, 'renewal');
    expect(await stub.adjust(id, 1, 'renewal')).toEqual(renewed);
    expect((await stub.ledger()).holds).toMatchObject([{ expiresAt: body(renewed).expires_at }]);
  });

  it('once expired can be neither renewed nor sold, and its release does no harm', async () => {
    const stub = await openStub({ holdTtlMs: ttlMs });
    const id = reservationIdOf(await stub.reserve('k'));
    await expired(stub, id);
    expect(await stub.adjust(id, 1, 'renewal')).toMatchObject({
      status: 404,
      body: { detail: 'this reservation is expired' },
    });
    expect((await stub.send('POST', `/reservations/${id}/commit`)).status).toBe(404);
    expect((await stub.send('DELETE', `/reservations/${id}`)).status).toBe(204);
    expect((await stub.send('DELETE', '/reservations?key=k')).status).toBe(204);
    expect(stateOf(await stub.ledger(), id)).toBe('expired');
  });

  it('that was sold in time does not expire', async () => {
    const stub = await openStub({ holdTtlMs: ttlMs });
    const reserved = await stub.reserve('k');
    await stub.send('POST', `/reservations/${reservationIdOf(reserved)}/commit`);
    await vi.waitUntil(() => Date.now() > Date.parse(body(reserved).expires_at ?? ''));
    expect((await stub.ledger()).holds).toMatchObject([{ state: 'committed' }]);
    expect(await stub.stock()).toMatchObject({ apple: { held: 0, sold: 1 } });
  });

  it('ends at its instant while the stub is down, and a hold of longer life stays', async () => {
    const ledgerPath = await newLedgerPath();
    const first = await openStub({ holdTtlMs: ttlMs }, ledgerPath);
    const short = await first.reserve('short');
    await first.control({ holdTtlMs: 60_000 });
    await first.reserve('long');
    await first.close();
    await vi.waitUntil(() => Date.now() > Date.parse(body(short).expires_at ?? ''));
    const second = await openStub({}, ledgerPath);
    expect((await second.ledger()).holds).toMatchObject([
      { key: 'short', state: 'expired', endedAt: body(short).expires_at },
      { key: 'long', state: 'held' },
    ]);
    expect(await second.stock()).toMatchObject({ apple: { held: 1 } });
  });
});

it('notes when a hold was released or sold', async () => {
  const stub = await openStub();
  const [released, sold] = [
    reservationIdOf(await stub.reserve('a')),
    reservationIdOf(await stub.reserve('b')),
  ];
  await stub.reserve('c');
  const before = new Date().toISOString();
  await stub.send('DELETE', `/reservations/${released}`);
  await stub.send('POST', `/reservations/${sold}/commit`);
  const [a, b, c] = (await stub.ledger()).holds;
  for (const endedAt of [a?.endedAt, b?.endedAt]) expect(endedAt! >= before).toBe(true);
  expect(c).not.toHaveProperty('endedAt');
});

describe('latency and faults', () => {
  it('takes effect even when the client has gone away meanwhile', async () => {
    const stub = await openStub({ latencyMs: 100 });
    const client = new AbortController();
    const body = JSON.stringify({ item: 'apple', quantity: 1 });
    const request = { method: 'POST', body, headers: { 'idempotency-key': 'k' }, signal: client.signal };
    const gone = expect(fetch(`${stub.url}/reserve`, request)).rejects.toThrow();
    await stub.arrived('reserve');
    client.abort();
    await gone;
    await vi.waitUntil(async () => (await stub.ledger('?key=k')).holds.length === 1);
  });

  it('changed by control applies to the requests that start afterwards', async () => {
    const stub = await openStub({ latencyMs: 300 });
    const order: string[] = [];
    const slow = stub.reserve('slow').then(() => order.push('slow'));
    await stub.arrived('reserve');
    await stub.control({ latencyMs: 0 });
    await stub.reserve('quick').then(() => order.push('quick'));
    await slow;
    expect(order).toEqual(['quick', 'slow']);
  });

  it('does not delay a release', async () => {
    const stub = await openStub({ latencyMs: 60_000 });
    expect((await stub.send('DELETE', '/reservations?key=k')).status).toBe(204);
  });

  it('failed and dropped calls have no effect, calls with a lost answer have', async () => {
    const stub = await openStub({ failNext: 1, dropNext: 1, loseNextAnswers: 1 });
    expect((await stub.reserve('failed')).status).toBe(503);
    await expect(stub.reserve('dropped')).rejects.toThrow('fetch failed');
    await expect(stub.reserve('lost')).rejects.toThrow('fetch failed');
    expect((await stub.reserve('well')).status).toBe(201);
    expect((await stub.ledger()).holds.map(({ key }) => key)).toEqual(['lost', 'well']);
  });

  it.each([
    ['errorRate', 0],
    ['dropRate', 0],
    ['lostAnswerRate', 1],
  ] as const)('%s 1 meets every call and leaves %i holds', async (rate, holds) => {
    const stub = await openStub({ [rate]: 1 });
    const answer = await stub.reserve('k').catch(() => undefined);
    expect(answer?.status).toBe(rate === 'errorRate' ? 503 : undefined);
    expect((await stub.ledger()).holds).toHaveLength(holds);
  });
});

it('refuses what is out of bounds with problem details that name the field', async () => {
  const stub = await openStub();
  const type = 'application/problem+json';
  const about = (detail: string) => ({ detail: expect.stringContaining(detail) as string });
  expect(await stub.reserve('k', 'apple', 0)).toMatchObject({ status: 422, type, body: about('quantity') });
  expect(await stub.reserve('k', 'apple', 100_000)).toMatchObject({ status: 422, body: about('quantity') });
  expect(await stub.reserve('k', '')).toMatchObject({ status: 422, body: about('item') });
  expect(await stub.send('POST', '/reserve', { item: 'apple', quantity: 1 })).toMatchObject({
    status: 400,
    body: about('Idempotency-Key'),
  });
  expect(await stub.reserve('k'.repeat(256))).toMatchObject({ status: 400 });
  expect(await stub.send('POST', '/reserve/batch', { entries: [] })).toMatchObject({
    status: 422,
    body: about('entries'),
  });
  expect(await stub.send('PUT', '/control', { latency: 5 })).toMatchObject({ status: 422 });
  expect((await stub.ledger()).holds).toEqual([]);
});

it('filters the ledger by key, item and key prefix', async () => {
  const stub = await openStub();
  await stub.reserve('cart-1.a', 'apple');
  await stub.reserve('cart-1.b', 'pear');
  await stub.reserve('cart-2.a', 'apple');
  const keys = async (query: string) => (await stub.ledger(query)).holds.map(({ key }) => key);
  expect(await keys('?key=cart-1.b')).toEqual(['cart-1.b']);
  expect(await keys('?item=apple')).toEqual(['cart-1.a', 'cart-2.a']);
  expect(await keys('?prefix=cart-1.')).toEqual(['cart-1.a', 'cart-1.b']);
});

describe('the ledger', () => {
  it('survives SIGKILL with what was answered, and without what was not', async () => {
    const ledgerPath = await newLedgerPath();
    const stub = await spawnReservationStub(ledgerPath);
    const held = await stub.reserve('held', 'apple', 4);
    const refused = await stub.reserve('refused', 'pear');
    await stub.adjust(reservationIdOf(held), 3, 'down');
    await stub.send('DELETE', '/reservations?key=tombstone');
    await stub.control({ latencyMs: 60_000 });
    const cut = expect(stub.reserve('cut')).rejects.toThrow('fetch failed');
    await stub.arrived('reserve', 3);
    await stub.kill('SIGKILL');
    await cut;

    const next = await openStub({ stock: { pear: 9 } }, ledgerPath);
    expect((await next.ledger()).holds).toMatchObject([{ key: 'held', quantity: 3, state: 'held' }]);
    expect(await next.reserve('held', 'apple', 4)).toEqual(held);
    expect(await next.reserve('refused', 'pear')).toEqual(refused);
    expect((await next.reserve('tombstone')).status).toBe(409);
    expect((await next.reserve('cut')).status).toBe(201);
  });

  it('ignores a torn last line and stays clean for what is appended after it', async () => {
    const ledgerPath = await newLedgerPath();
    const first = await openStub({}, ledgerPath);
    await first.reserve('whole', 'pâté');
    await first.close();
    // Half a line, torn within a character of two bytes.
    await appendFile(
      ledgerPath,
      Buffer.concat([Buffer.from('{"type":"reserved","key":"p'), Buffer.of(0xc3)]),
    );
    const second = await openStub({}, ledgerPath);
    await second.reserve('after');
    await second.close();
    const third = await openStub({}, ledgerPath);
    expect((await third.ledger()).holds.map(({ key }) => key)).toEqual(['whole', 'after']);
  });

  it('with any other broken line does not start, and says which', async () => {
    const ledgerPath = await newLedgerPath();
    await writeFile(ledgerPath, 'garbage\n');
    await expect(openStub({}, ledgerPath)).rejects.toThrow(`${ledgerPath}, line 1 is no ledger entry`);
  });

  it('of a closed stub is not written by the requests that were waiting', async () => {
    const ledgerPath = await newLedgerPath();
    const stub = await openStub({ latencyMs: 100 }, ledgerPath);
    const dropped = expect(stub.reserve('k')).rejects.toThrow('fetch failed');
    await stub.arrived('reserve');
    await stub.close();
    await dropped;
    // Takes the number that the ledger's file had: a late write would land in here.
    const victim = await open(`${ledgerPath}.victim`, 'a+');
    onTestFinished(() => victim.close());
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await victim.stat()).size).toBe(0);
    expect(await readFile(ledgerPath, 'utf8')).toBe('');
  });
});

it('ends at once on SIGTERM, whatever is waiting', async () => {
  const stub = await spawnReservationStub(await newLedgerPath());
  await stub.control({ latencyMs: 60_000 });
  const dropped = expect(stub.reserve('k')).rejects.toThrow('fetch failed');
  await stub.arrived('reserve');
  expect(await stub.kill('SIGTERM')).toEqual([0, null]);
  await dropped;
});

describe('settings', () => {
  it('are refused all at once, each with its value and the mend', () => {
    const load = () =>
      loadStubConfig({
        RESERVATION_PORT: '70000',
        RESERVATION_LATENCY_MS: 'soon',
        RESERVATION_STOCK: 'apple',
        RESERVATION_DROP_RATE: ' ',
        RESERVATION_ERROR_RATE: '2',
      });
    for (const line of [
      'RESERVATION_PORT=70000: must be a whole number from 0 to 65535',
      'RESERVATION_LATENCY_MS=soon: must be a whole number from 0 to 3600000',
      'RESERVATION_STOCK=apple: must be a number, or item=number pairs',
      'RESERVATION_DROP_RATE= : must be a number from 0 to 1',
      'RESERVATION_ERROR_RATE=2: must be a number from 0 to 1',
    ]) {
      expect(load).toThrow(line);
    }
  });

  it.each([
    ['500', { '*': 500 }],
    ['apple=5, pear=0,*=7', { apple: 5, pear: 0, '*': 7 }],
    ['apple=5', { apple: 5, '*': 1_000 }],
    ['', { '*': 1_000 }],
  ])('give the stock: "%s"', (text, stock) => {
    expect(loadStubConfig({ RESERVATION_STOCK: text }).control.stock).toEqual(stock);
  });
});

async function spawnReservationStub(ledgerPath: string) {
  const { url, kill } = await spawnStub('src/dev/reservation-stub/main.ts', {
    RESERVATION_PORT: '0',
    RESERVATION_LATENCY_MS: '0',
    RESERVATION_STOCK: 'pear=0,*=1000',
    RESERVATION_LEDGER: ledgerPath,
  });
  return { ...stubClient(url), kill };
}
