import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpServerLimits } from '../../src/config.ts';
import { startHttpServer, type HttpServer } from '../../src/platform/http-server.ts';

/** Short enough to wait for. A busy machine could cut off anybody by them. */
const strict: HttpServerLimits = {
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  keepAliveTimeoutMs: 60_000,
  headerLimitBytes: 4_096,
};
/** Long enough that nobody is cut off. */
const patient: HttpServerLimits = { ...strict, headersTimeoutMs: 60_000, requestTimeoutMs: 60_000 };
const host = '127.0.0.1';
const servers: HttpServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close(0);
});

/** A server that counts the requests that reach the app, whole or not. */
async function startServer(limits: HttpServerLimits) {
  const seen: string[] = [];
  const server = await startHttpServer({
    host,
    port: 0,
    limits,
    fetch: async (request: Request) => {
      seen.push(new URL(request.url).pathname);
      await request.text();
      return new Response('well', { headers: { 'content-type': 'text/plain' } });
    },
  });
  servers.push(server);
  return { seen, port: server.port };
}

/** What the server says until it closes the connection, while the client sends `drops` of a request for ever. */
async function drip(port: number, start: string, drop: string): Promise<string> {
  const socket = connect(port, host);
  if (start !== '') socket.write(start);
  const dripping = setInterval(() => drop === '' || socket.write(drop), 20);
  try {
    return await answerOf(socket);
  } finally {
    clearInterval(dripping);
    socket.destroy();
  }
}

async function answerOf(socket: Socket): Promise<string> {
  // A write that crosses the server's close resets the connection: closed all the same.
  return await text(socket).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return 'reset';
    throw error;
  });
}

describe('a client that is slow on purpose is cut off', () => {
  it.each([
    ['sends its headers one by one, without an end', 'GET / HTTP/1.1\r\nHost: shop\r\n', 'X-More: 1\r\n'],
    ['stops in the middle of a header', 'GET / HTTP/1.1\r\nHos', ''],
    ['connects and says nothing', '', ''],
  ])('when it %s', async (_, start, drop) => {
    const { seen, port } = await startServer(strict);
    expect(await drip(port, start, drop)).toMatch(/^(HTTP\/1.1 408 Request Timeout\r\n|reset$)/);
    expect(seen).toEqual([]);
  });

  it('when it sends its body byte by byte', async () => {
    const { port } = await startServer(strict);
    const start =
      'POST /slow HTTP/1.1\r\nHost: shop\r\nContent-Type: text/plain\r\nContent-Length: 100000\r\n\r\n';
    expect(await drip(port, start, 'x')).toMatch(/^(HTTP\/1.1 408 Request Timeout\r\n|reset$)/);
  });

  it('and until then nobody waits for it', async () => {
    const { seen, port } = await startServer(patient);
    const slow = Array.from({ length: 50 }, () => connect(port, host));
    for (const socket of slow) socket.write('GET / HTTP/1.1\r\nX-More: 1\r\n');
    const response = await fetch(`http://${host}:${port}/quick`);
    expect(await response.text()).toBe('well');
    expect(seen).toEqual(['/quick']);
    for (const socket of slow) socket.destroy();
  });
});

describe('headers that are too large', () => {
  const send = async (port: number, request: string): Promise<string> => {
    const socket = connect(port, host);
    socket.write(request);
    return await answerOf(socket);
  };

  it.each([
    [
      'in one header',
      `GET / HTTP/1.1\r\nHost: shop\r\nX-Big: ${'x'.repeat(patient.headerLimitBytes)}\r\n\r\n`,
    ],
    ['in many', `GET / HTTP/1.1\r\nHost: shop\r\n${'X-Many: 1\r\n'.repeat(1_000)}\r\n`],
    ['in the address', `GET /${'x'.repeat(patient.headerLimitBytes)} HTTP/1.1\r\nHost: shop\r\n\r\n`],
  ])('%s are a 431, and the connection is closed', async (_, request) => {
    const { seen, port } = await startServer(patient);
    expect(await send(port, request)).toMatch(/^HTTP\/1.1 431 Request Header Fields Too Large\r\n/);
    expect(seen).toEqual([]);
  });

  it('are taken up to the limit', async () => {
    const { port } = await startServer(patient);
    const headers = { 'x-big': 'x'.repeat(patient.headerLimitBytes - 500) };
    expect((await fetch(`http://${host}:${port}/`, { headers })).status).toBe(200);
  });
});

it('a slow answer is not cut off: the limits are for what clients send', async () => {
  let reach = () => {};
  let answer = () => {};
  const reached = new Promise<true>((resolve) => (reach = () => resolve(true)));
  const waited = new Promise<void>((resolve) => (answer = resolve));
  const server = await startHttpServer({
    host,
    port: 0,
    limits: { ...strict, requestTimeoutMs: strict.headersTimeoutMs },
    fetch: async () => {
      reach();
      await waited;
      return new Response('late');
    },
  });
  servers.push(server);
  const ask = () => fetch(`http://${host}:${server.port}/`);
  // On a busy machine a request may itself be too slow to be taken.
  let asked = ask();
  while (!(await Promise.race([reached, asked.then(() => false)]))) asked = ask();
  // Past every limit, by the clock that checks them.
  await drip(server.port, '', '');
  answer();
  expect(await (await asked).text()).toBe('late');
});
