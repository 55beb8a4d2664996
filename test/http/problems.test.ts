import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../docs/generate-errors.ts';
import { toProblem } from '../../src/http/problem.ts';
import { problemCodes, problems, slugOf } from '../../src/http/problem-catalogue.ts';
import { createFakeApi } from '../support/fake-api.ts';

const codes = problemCodes;

describe('the catalogue of problems', () => {
  it('is what docs/errors.md shows: `npm run docs:errors` writes it', async () => {
    const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    expect(page).toBe(await errorsPage());
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm)].map(([, code]) => code);
    expect(rows.toSorted()).toEqual(codes.toSorted());
  });

  it('is listed at /problems', async () => {
    const { status, body } = await createFakeApi().call('GET', '/problems');
    expect(status).toBe(200);
    expect((body['problems'] as { code: string }[]).map(({ code }) => code)).toEqual(codes);
  });
});

describe('GET /problems/{slug}', () => {
  it.each(codes)('resolves the type of %s, for programs and for people', async (code) => {
    const api = createFakeApi();
    const { type, title, status } = toProblem(code, '');
    const answer = await api.call('GET', type);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('application/json');
    const { when, mend } = problems[code];
    expect(answer.body).toEqual({ type, title, status, code, when, mend });
    const page = await api.app.request(type, { headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toContain('text/html');
    const html = await page.text();
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain(`<h1>${title}</h1>`);
    expect(html).toContain(`<code>${code}</code>`);
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
