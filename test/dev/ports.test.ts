import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { connectHost, freePort, portProblems } from '../../src/dev/ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function listen(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () =>
      resolve((server.address() as AddressInfo).port),
    );
    servers.push(server);
  });
}

it('names every port that is taken at once, with the setting that moves it', async () => {
  const [api, postgres] = [await listen(), await listen()];
  const problems = await portProblems('127.0.0.1', [
    { setting: 'PORT', port: api, part: 'the API' },
    { setting: 'TEMPORAL_PORT', port: await freePort(), part: 'Temporal' },
    { setting: 'POSTGRES_PORT', port: postgres, part: 'Postgres' },
  ]);
  expect(problems).toEqual([
    `Port ${api} for the API is in use: end what uses it, or set PORT to another port.`,
    `Port ${postgres} for Postgres is in use: end what uses it, or set POSTGRES_PORT to another port.`,
  ]);
});

it('refuses one port for two parts', async () => {
  const port = await freePort();
  const problems = await portProblems('127.0.0.1', [
    { setting: 'PORT', port, part: 'the API' },
    { setting: 'TEMPORAL_PORT', port, part: 'Temporal' },
  ]);
  expect(problems).toEqual([`TEMPORAL_PORT and PORT are both ${port}: give Temporal another port.`]);
});

it.each([
  ['127.0.0.1', '127.0.0.1'],
  ['0.0.0.0', '127.0.0.1'],
  ['::', '[::1]'],
  ['::1', '[::1]'],
  ['localhost', 'localhost'],
])('a server that listens on %s is reached at %s', (host, reached) => {
  expect(connectHost(host)).toBe(reached);
});
