import { describe, expect, it } from 'vitest';
import { createFakeApi } from '../support/fake-api.ts';

const apple = { name: 'apple', quantity: 1 };
const many = (count: number) => ({
  items: Array.from({ length: count }, (_, index) => ({ name: `item ${index}`, quantity: 1 })),
});
const fourth = (change: object) => ({ items: [apple, apple, apple, { ...apple, ...change }] });

describe('what is within bounds is taken', () => {
  it.each<[string, unknown]>([
    ['a name of 1 character', { name: 'a', quantity: 1 }],
    ['a name of 200 characters', { name: 'a'.repeat(200), quantity: 1 }],
    ['a name of 200 emoji, which are 400 code units', { name: '🍏'.repeat(200), quantity: 1 }],
    ['a name in any script, with emoji', { name: 'Crème brûlée 苹果 👩‍🚀', quantity: 1 }],
    ['names that mean something to JavaScript', { name: '__proto__', quantity: 1 }],
    ['quantity 999', { name: 'apple', quantity: 999 }],
    ['quantity 2.0, which is whole', '{"name":"apple","quantity":2.0}'],
    ['1 item in a list', many(1)],
    ['100 items in a list', many(100)],
    ['fields that it does not know', { ...apple, unitPriceMinor: 1 }],
  ])('%s', async (_, body) => {
    const api = createFakeApi();
    expect((await api.add(body)).status).toBe(201);
    expect(api.submissions).toHaveLength(1);
  });

  it('a name without the spaces around it, in one Unicode form', async () => {
    const api = createFakeApi();
    await api.add({ name: '  cafe\u0301 ', quantity: 1 });
    expect(api.submissions[0]?.command).toMatchObject({ items: [{ name: 'caf\u00e9' }] });
  });

  it('a content type with its charset, and any JSON type', async () => {
    const api = createFakeApi();
    for (const type of ['application/json; charset=utf-8', 'application/vnd.shop+json']) {
      expect((await api.add(apple, { 'content-type': type })).status).toBe(201);
    }
  });

  it.each<[string, RequestInit]>([
    ['nothing at all', {}],
    ['JSON, and nothing', { headers: { 'content-type': 'application/json' } }],
    ['an empty object', { headers: { 'content-type': 'application/json' }, body: '{}' }],
  ])('a checkout that sends %s', async (_, init) => {
    const api = createFakeApi();
    const response = await api.app.request(`${api.cartPath}/checkout`, { method: 'POST', ...init });
    expect(response.status).toBeLessThan(300);
    expect(api.submissions[0]?.command).toMatchObject({ type: 'checkout', onUnavailable: 'reject' });
  });

  it('never a price from the client', async () => {
    const api = createFakeApi();
    await api.add({ ...apple, price: { status: 'known', unitPriceMinor: 1 } });
    expect(api.submissions[0]?.command).toMatchObject({ items: [{ price: { status: 'pending' } }] });
  });
});

describe('what is out of bounds is a 422 that names the field', () => {
  it.each<[string, unknown, string]>([
    ['no name', { quantity: 1 }, '#/name'],
    ['a name that is no text', { name: 5, quantity: 1 }, '#/name'],
    ['an empty name', { name: '', quantity: 1 }, '#/name'],
    ['a name of spaces', { name: ' \u00a0 ', quantity: 1 }, '#/name'],
    ['a name of 201 characters', { name: 'a'.repeat(201), quantity: 1 }, '#/name'],
    ['a name of 201 emoji', { name: '🍏'.repeat(201), quantity: 1 }, '#/name'],
    ['a name that is too long once it is normalized', { name: '\ufb2c'.repeat(200), quantity: 1 }, '#/name'],
    ['a NUL in the name', { name: 'a\u0000b', quantity: 1 }, '#/name'],
    ['a line break in the name', { name: 'a\nb', quantity: 1 }, '#/name'],
    ['a C1 control character in the name', { name: 'a\u0085b', quantity: 1 }, '#/name'],
    ['a lone surrogate in the name', '{"name":"a\\ud800b","quantity":1}', '#/name'],
    ['no quantity', { name: 'apple' }, '#/quantity'],
    ['quantity null', { name: 'apple', quantity: null }, '#/quantity'],
    ['quantity 0', { name: 'apple', quantity: 0 }, '#/quantity'],
    ['quantity -1', { name: 'apple', quantity: -1 }, '#/quantity'],
    ['quantity 1000', { name: 'apple', quantity: 1000 }, '#/quantity'],
    ['quantity 1.5', { name: 'apple', quantity: 1.5 }, '#/quantity'],
    ['quantity "2"', { name: 'apple', quantity: '2' }, '#/quantity'],
    ['quantity 1e999', '{"name":"apple","quantity":1e999}', '#/quantity'],
    ['an empty list', { items: [] }, '#/items'],
    ['101 items', many(101), '#/items'],
    ['items that are no list', { items: 'apple' }, '#/items'],
    ['an item that is no object', { items: [apple, 'pear'] }, '#/items/1'],
    ['a quantity in the fourth item', fourth({ quantity: 0 }), '#/items/3/quantity'],
    ['a wrong type in the fourth item', fourth({ quantity: '2' }), '#/items/3/quantity'],
    ['a name in the fourth item', fourth({ name: '' }), '#/items/3/name'],
    ['an array', [apple], '#'],
    ['a text', '"apple"', '#'],
    ['null', 'null', '#'],
  ])('%s', async (_, body, pointer) => {
    const api = createFakeApi();
    const { status, headers, body: problem } = await api.add(body);
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(problem).toMatchObject({ code: 'invalid_input', status: 422, type: '/problems/invalid-input' });
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(problem.detail).toContain(pointer);
    expect(api.submissions).toEqual([]);
  });

  it('every wrong field at once', async () => {
    const { body } = await createFakeApi().add({ items: [{ name: '', quantity: 0 }, apple, { name: 'x' }] });
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual([
      '#/items/0/name',
      '#/items/0/quantity',
      '#/items/2/quantity',
    ]);
    expect(body.detail).toContain('3 fields');
  });

  it('every wrong field of path, query, headers and body at once, each with its place', async () => {
    const api = createFakeApi();
    const { status, body } = await api.call(
      'PATCH',
      `${api.cartPath}/items/a%00b`,
      { quantity: 0 },
      { 'idempotency-key': 'k'.repeat(256) },
    );
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([
      { in: 'path', pointer: '#/itemId' },
      { in: 'header', pointer: '#/Idempotency-Key' },
      { in: 'body', pointer: '#/quantity' },
    ]);
    expect(api.submissions).toEqual([]);
    const listed = await api.call('GET', `${api.cartPath}/orders?limit=x&cursor=%2F`);
    expect(listed.body.errors).toMatchObject([
      { in: 'query', pointer: '#/limit' },
      { in: 'query', pointer: '#/cursor' },
    ]);
  });

  it('a number that is none: Number() would take it', async () => {
    const api = createFakeApi();
    for (const limit of ['0x10', '1e1', '', '%20', '+5', '5.0', '1&limit=2']) {
      expect((await api.call('GET', `${api.cartPath}/orders?limit=${limit}`)).status).toBe(422);
    }
  });

  it('both forms in one body, of which one would be dropped', async () => {
    const api = createFakeApi();
    const { status, body } = await api.add({ ...apple, items: [apple] });
    expect(status).toBe(422);
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['#/name', '#/quantity']);
    expect(api.submissions).toEqual([]);
  });

  it('a change of quantity', async () => {
    const api = createFakeApi();
    for (const quantity of [0, 1000, 1.5, '2']) {
      const { status, body } = await api.call('PATCH', `${api.cartPath}/items/abc`, { quantity });
      expect({ status, errors: body.errors }).toMatchObject({
        status: 422,
        errors: [{ pointer: '#/quantity' }],
      });
    }
    expect(api.submissions).toEqual([]);
  });

  it('an id that cannot be one of ours, such as one with a NUL that Postgres would not store', async () => {
    const api = createFakeApi();
    const calls = [
      ['DELETE', 'items/a%00b', '#/itemId'],
      ['DELETE', `items/${'a'.repeat(65)}`, '#/itemId'],
      ['GET', 'operations/%00', '#/operationId'],
    ] as const;
    for (const [method, path, pointer] of calls) {
      const { status, body } = await api.call(method, `${api.cartPath}/${path}`);
      expect({ status, errors: body.errors }).toMatchObject({ status: 422, errors: [{ pointer }] });
    }
    expect([...api.submissions, ...api.reads]).toEqual([]);
  });
});

describe('a body that cannot be read', () => {
  it.each([
    ['broken JSON', '{"name":'],
    ['an empty body', ''],
    ['plain text', 'apple'],
  ])('%s is a 400', async (_, body) => {
    const api = createFakeApi();
    const answer = await api.add(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_request' } });
    expect(api.submissions).toEqual([]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ])('%s is a 415 that names application/json', async (type) => {
    const api = createFakeApi();
    const { status, body } = await api.add(apple, { 'content-type': type });
    expect(status).toBe(415);
    expect(body).toMatchObject({
      code: 'unsupported_media_type',
      detail: expect.stringContaining('application/json'),
    });
    expect(api.submissions).toEqual([]);
  });

  it('without a content type is a 415', async () => {
    const api = createFakeApi();
    const body = new TextEncoder().encode(JSON.stringify(apple));
    const response = await api.app.request(`${api.cartPath}/items`, { method: 'POST', body });
    expect(response.status).toBe(415);
  });
});

describe('a body above 64 KiB is a 413', () => {
  const large = JSON.stringify({ name: 'a'.repeat(65_536), quantity: 1 });

  it('with a content-length, before it is read', async () => {
    const api = createFakeApi();
    const { status, body } = await api.add(large, { 'content-length': String(large.length) });
    expect({ status, code: body.code }).toEqual({ status: 413, code: 'body_too_large' });
    expect(body.detail).toContain('65536');
  });

  it('without a content-length, as soon as the limit is passed', async () => {
    const api = createFakeApi();
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16_384));
      },
    });
    const response = await api.app.request(`${api.cartPath}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  it('and one of exactly 64 KiB is read', async () => {
    const api = createFakeApi();
    const body = JSON.stringify(apple).padEnd(65_536, ' ');
    expect((await api.add(body, { 'content-length': '65536' })).status).toBe(201);
    expect((await api.add(body)).status).toBe(201);
  });
});

describe('Idempotency-Key', () => {
  it.each([
    ['', 400],
    ['k', 201],
    ['k'.repeat(255), 201],
    ['k'.repeat(256), 400],
  ])('"%s" is answered %i', async (key, expected) => {
    const api = createFakeApi();
    const { status, body } = await api.add(apple, { 'idempotency-key': key });
    expect(status).toBe(expected);
    if (status === 400) expect(body.detail).toContain('Idempotency-Key');
    expect(api.submissions.map(({ idempotencyKey }) => idempotencyKey)).toEqual(status === 400 ? [] : [key]);
  });

  it('is undefined when there is none', async () => {
    const api = createFakeApi();
    await api.add(apple);
    expect(api.submissions[0]?.idempotencyKey).toBeUndefined();
  });

  it('meets the same payload for both forms of the body, whatever the order of the fields', async () => {
    const api = createFakeApi();
    await api.add('{"name":"apple","quantity":1}');
    await api.add('{"quantity":1,"name":" apple "}');
    await api.add({ items: [apple] });
    expect(new Set(api.submissions.map(({ payload }) => JSON.stringify(payload))).size).toBe(1);
  });
});
