import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { startHttpServer } from '../../src/platform/http-server.ts';
import { createFakeApi } from '../support/fake-api.ts';
import { until } from '../support/shopper.ts';

const host = '127.0.0.1';
const known = 'Content-Length: 100\r\n\r\n{"na';
const chunked = 'Transfer-Encoding: chunked\r\n\r\n4\r\n{"na\r\n';

it.each([
  ['items', known],
  ['items', chunked],
  ['checkout', known],
  ['the payment webhook', known],
])('a client that goes away in the middle of its body for %s is no error of ours', async (what, rest) => {
  const api = createFakeApi();
  let reach = () => {};
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const fetch = (request: Request) => {
    reach();
    return api.app.fetch(request);
  };
  const server = await startHttpServer({ fetch, host, port: 0 });
  const path = what === 'the payment webhook' ? '/api/v1/webhooks/payments' : `${api.cartPath}/${what}`;
  const socket = connect(server.port, host);
  socket.write(`POST ${path} HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n${rest}`);
  await reached;
  socket.destroy();
  const lines = await until(
    async () => api.logLines,
    ({ length }) => length > 0,
  );
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { msg: 'request', level: 30, status: 400 },
  ]);
  expect([...api.submissions, ...api.payments]).toEqual([]);
  await server.close(0);
});
