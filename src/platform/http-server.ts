import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';

export interface HttpServer {
  port: number;
  /** Takes no new request, lets those under way finish for `graceMs`, then drops them. */
  close(graceMs: number): Promise<void>;
}

type FetchHandler = Parameters<typeof serve>[0]['fetch'];

/** Rejects when the port is taken. Port 0 takes any free one. */
export function startHttpServer(options: {
  fetch: FetchHandler;
  host: string;
  port: number;
}): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const server = serve(
      { fetch: options.fetch, hostname: options.host, port: options.port },
      onListening,
    ) as Server;
    server.once('error', reject);
    // A client that dribbles its request in must not hold a connection for ever.
    server.headersTimeout = 10_000;
    server.requestTimeout = 30_000;

    function onListening({ port }: AddressInfo) {
      resolve({ port, close: (graceMs) => closeServer(server, graceMs) });
    }
  });
}

function closeServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const drop = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(drop);
      resolve();
    });
    server.closeIdleConnections();
  });
}
