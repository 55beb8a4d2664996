import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { problems, slugOf, toProblem, type ProblemCode } from '../../src/http/problem.ts';
import { createFakeApi } from '../support/fake-api.ts';

const codes = Object.keys(problems) as ProblemCode[];

describe('docs/errors.md', () => {
  it('has a row for every code with its status, and for no other', async () => {
    const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm)].map(([, code, status]) => [
      code,
      Number(status),
    ]);
    const expected = codes.map((code) => [code, problems[code].status]);
    expect(rows.toSorted()).toEqual(expected.toSorted());
  });
});

describe('GET /problems/{slug}', () => {
  it.each(codes)('resolves the type of %s', async (code) => {
    const { type, title, status } = toProblem(code, '');
    const answer = await createFakeApi().call('GET', type);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.body).toEqual({ type, title, status, code });
  });

  it.each(['nothing', 'cart_full', 'constructor', '__proto__'])('knows no %s', async (slug) => {
    const answer = await createFakeApi().call('GET', `/problems/${slug}`);
    expect(answer).toMatchObject({ status: 404, body: { code: 'route_not_found' } });
  });
});

it('a problem names its type after its code, and no two share one', () => {
  expect(toProblem('cart_full', 'x').type).toBe('/problems/cart-full');
  expect(new Set(codes.map((code) => slugOf(code))).size).toBe(codes.length);
});

it('a problem carries the id of its request', async () => {
  const { headers, body } = await createFakeApi().call('GET', '/nothing');
  expect(body.requestId).toBe(headers.get('x-request-id'));
});
