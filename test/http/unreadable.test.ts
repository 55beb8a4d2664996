import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerUnreadable } from '../../src/http/unreadable.ts';
import { startHttpServer, type HttpServer } from '../../src/platform/http-server.ts';
import { createFakeApi } from '../support/fake-api.ts';

let server: HttpServer;

beforeAll(async () => {
  const { fetch } = createFakeApi().app;
  server = await startHttpServer({ fetch, answerUnreadable, host: '127.0.0.1', port: 0 });
});

afterAll(() => server.close(0));

/** What a request of exactly these bytes is answered; the server ends the connection. */
function send(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk.toString()));
    socket.once('close', () => resolve(answer));
    socket.once('error', reject);
  });
}

const ending = 'Host: shop.example\r\nConnection: close\r\n\r\n';

it.each([
  ['no HTTP', 'GARBAGE\r\n\r\n', 400, 'malformed_request'],
  [
    'a host that is none',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    400,
    'malformed_request',
  ],
  ['a backslash in its path', `GET /a\\b HTTP/1.1\r\n${ending}`, 400, 'malformed_request'],
  ['headers of 20 KiB', `GET / HTTP/1.1\r\nX: ${'x'.repeat(20_480)}\r\n${ending}`, 431, 'headers_too_large'],
  ['TRACE', `TRACE /livez HTTP/1.1\r\n${ending}`, 405, 'method_not_allowed'],
  ['a path that cannot be decoded', `GET /%ff HTTP/1.1\r\n${ending}`, 404, 'route_not_found'],
])('a request with %s is answered with a problem too', async (_, request, status, code) => {
  const [head = '', body = ''] = (await send(request)).split('\r\n\r\n');
  expect(head).toContain(`HTTP/1.1 ${status} `);
  expect(head).toContain('content-type: application/problem+json');
  const problem = JSON.parse(body) as { requestId: string };
  expect(problem).toMatchObject({ status, code, type: `/problems/${code.replaceAll('_', '-')}` });
  expect(head).toContain(`x-request-id: ${problem.requestId}`);
});

it('an expectation that nobody knows does no harm', async () => {
  expect(await send(`GET /livez HTTP/1.1\r\nExpect: tea\r\n${ending}`)).toContain('HTTP/1.1 200 OK');
});

it('a request that dribbles in is a 408 in the end', () => {
  expect(JSON.parse(answerUnreadable(408).body)).toMatchObject({ status: 408, code: 'request_timeout' });
});
