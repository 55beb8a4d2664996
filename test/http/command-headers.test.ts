import { describe, expect, it } from 'vitest';
import { createFakeApi, type FakeApi } from '../support/fake-api.ts';

const apple = { name: 'apple', quantity: 1 };

const commands: [string, string, unknown?][] = [
  ['POST', '/items', apple],
  ['PATCH', '/items/abc', { quantity: 2 }],
  ['DELETE', '/items/abc'],
  ['DELETE', '/items'],
  ['POST', '/checkout', {}],
  ['DELETE', '/checkout'],
];

const paths = (api: FakeApi) => [api.cartPath, `/api/cart/${api.sessionId}`, '/api/v1', ''];

async function submitted(header: string, value: string) {
  const api = createFakeApi();
  const answer = await api.add(apple, { [header]: value });
  return { status: answer.status, code: answer.body.code, submission: api.submissions[0] };
}

describe('every command', () => {
  it.each(commands)(
    '%s %s takes Idempotency-Key and If-Match, under every mount',
    async (method, path, body) => {
      const api = createFakeApi();
      const headers = { 'idempotency-key': 'k', 'if-match': '"7"', 'session-id': api.sessionId };
      for (const mount of paths(api)) await api.call(method, mount + path, body, headers);
      expect(api.submissions).toHaveLength(4);
      for (const submission of api.submissions) {
        expect(submission).toMatchObject({ cartId: api.cartId, idempotencyKey: 'k', ifMatch: [7] });
      }
    },
  );

  it.each(commands)('%s %s needs neither', async (method, path, body) => {
    const api = createFakeApi();
    await api.call(method, api.cartPath + path, body);
    expect(api.submissions).toMatchObject([{ idempotencyKey: undefined, ifMatch: undefined }]);
  });
});

describe('Idempotency-Key', () => {
  it.each([
    ['k', 'k'],
    ['"k"', 'k'],
    [String.raw`"a \"b\" \\"`, String.raw`a "b" \ `.trim()],
    ['8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['"open', '"open'],
    ['x'.repeat(255), 'x'.repeat(255)],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ])('%s is the key %s', async (header, key) => {
    expect((await submitted('idempotency-key', header)).submission?.idempotencyKey).toBe(key);
  });

  it.each([['', '""', 'x'.repeat(256), `"${'x'.repeat(256)}"`]].flat())('refuses "%s"', async (header) => {
    const { status, code, submission } = await submitted('idempotency-key', header);
    expect({ status, code, submission }).toEqual({
      status: 400,
      code: 'malformed_request',
      submission: undefined,
    });
  });
});

describe('If-Match', () => {
  it.each([
    ['"7"', [7]],
    ['"0"', [0]],
    ['"5", "7"', [5, 7]],
    [' "5","7" ,', [5, 7]],
    ['*', '*'],
    ['W/"7"', []],
    ['W/"7", "8"', [8]],
    ['"07", "7.0", "-7", "a,b", "99999999999"', []],
  ])('%s names the versions %j', async (header, versions) => {
    expect((await submitted('if-match', header)).submission?.ifMatch).toEqual(versions);
  });

  it.each(['7', '"7', 'version 7', '"7" "8"', '*, "7"', 'w/"7"', `${'"7",'.repeat(500)}7`])(
    'refuses %s: a condition that is not understood is not taken as none',
    async (header) => {
      const { status, code, submission } = await submitted('if-match', header);
      expect({ status, code, submission }).toEqual({
        status: 400,
        code: 'malformed_request',
        submission: undefined,
      });
    },
  );
});
