import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerHeaders, requestHeaders } from '../../src/http/middleware/cross-origin.ts';
import { createFakeApi } from '../support/fake-api.ts';

const shop = 'https://shop.example';
const corsOf = (headers: Headers) => [...headers.keys()].filter((name) => name.startsWith('access-control-'));
const listOf = (value: string | null) => (value ?? '').split(',').map((name) => name.trim());

const preflight = (origin: string) => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'content-type,idempotency-key,session-id',
});

describe('a page of a listed origin', () => {
  const createApi = () => createFakeApi({ corsOrigins: ['http://localhost:5173', shop] });

  it('may send commands, with cookies and the headers that they take', async () => {
    const api = createApi();
    const { status, headers } = await api.call('OPTIONS', '/api/v1/items', undefined, preflight(shop));
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(shop);
    expect(headers.get('access-control-allow-credentials')).toBe('true');
    expect(listOf(headers.get('access-control-allow-methods'))).toEqual(
      expect.arrayContaining(['GET', 'POST', 'PATCH', 'DELETE']),
    );
    expect(listOf(headers.get('access-control-allow-headers'))).toEqual(requestHeaders);
    expect(headers.get('access-control-max-age')).toBe('600');
    expect(api.submissions).toEqual([]);
  });

  it('may read every answer, errors too, and the headers that matter', async () => {
    const api = createApi();
    const answers = [
      await api.add({ name: 'apple', quantity: 1 }, { origin: shop }),
      await api.add('{', { origin: shop }),
      await api.call('GET', '/api/v1/carts/made-up', undefined, { origin: shop }),
      await api.call('GET', '/nothing', undefined, { origin: shop }),
      await api.call('PUT', '/api/v1/items', undefined, { origin: shop }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 404, 404, 405]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(shop);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(listOf(headers.get('access-control-expose-headers'))).toEqual(answerHeaders);
      expect(listOf(headers.get('vary'))).toContain('Origin');
    }
  });
});

describe('any other page', () => {
  it.each([
    ['of an origin that is not listed', 'https://evil.example'],
    ['of a sub-domain of a listed one', `https://x.${shop.slice('https://'.length)}`],
    ['of a listed host by plain HTTP', shop.replace('https', 'http')],
    ['of a listed host on another port', `${shop}:8443`],
    ['without an origin of its own', 'null'],
  ])('%s gets no leave of any kind', async (_, origin) => {
    const api = createFakeApi({ corsOrigins: [shop] });
    const asked = await api.call('OPTIONS', '/api/v1/items', undefined, preflight(origin));
    const read = await api.call('GET', '/api/v1/items', undefined, { origin });
    expect([asked.status, read.status]).toEqual([405, 200]);
    for (const { headers } of [asked, read]) {
      expect(corsOf(headers)).toEqual([]);
      expect(listOf(headers.get('vary'))).toContain('Origin');
    }
  });

  it('gets none where no origin is listed, as is the default', async () => {
    const { headers } = await createFakeApi().call('GET', '/api/v1/items', undefined, { origin: shop });
    expect(corsOf(headers)).toEqual([]);
    expect(headers.get('vary')).toBeNull();
  });
});

describe('the lists of headers', () => {
  const folder = join(import.meta.dirname, '../../src/http');
  const sources = async () => {
    const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.ts'));
    return (await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')))).join('\n');
  };
  const named = (text: string, pattern: RegExp) => [
    ...new Set([...text.matchAll(pattern)].map(([, name]) => name!.toLowerCase())),
  ];
  const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());
  /** Sent by browsers themselves, or readable by every page anyway. */
  const notForPages = [
    'origin',
    'cookie',
    'vary',
    'cache-control',
    'content-type',
    'content-security-policy',
  ];

  it('name every header that the code reads and every one that it sets', async () => {
    const text = await sources();
    const read = named(text, /req\.header\('([^']+)'\)/g);
    const set = named(text, /\bc\.header\(\s*'([^']+)'/g);
    expect(read.length).toBeGreaterThan(3);
    expect(set.length).toBeGreaterThan(3);
    const missing = (names: string[], list: readonly string[]) =>
      names.filter((name) => ![...lower(list), ...notForPages].includes(name));
    expect(missing(read, requestHeaders)).toEqual([]);
    expect(missing(set, answerHeaders)).toEqual([]);
  });
});
