import type { Server, ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { HttpServerLimits } from '../config.ts';

export interface HttpServer {
  port: number;
  /** Takes no new request, lets those under way finish for `graceMs`, then drops them. */
  close(graceMs: number): Promise<void>;
}

type FetchHandler = Parameters<typeof serve>[0]['fetch'];

export interface HttpServerOptions {
  fetch: FetchHandler;
  host: string;
  port: number;
  /** Without them, Node's own. */
  limits?: HttpServerLimits;
}

/** Rejects when the port is taken. Port 0 takes any free one. */
export function startHttpServer({ fetch, host, port, limits }: HttpServerOptions): Promise<HttpServer> {
  return new Promise((resolve, reject) => {
    const serverOptions = limits ? toServerOptions(limits) : {};
    const server = serve({ fetch, hostname: host, port, serverOptions }, onListening) as Server;
    server.once('error', reject);

    function onListening(address: AddressInfo) {
      resolve({ port: address.port, close: (graceMs) => closeServer(server, graceMs) });
    }
  });
}

/** Node looks for connections that are late every 30 s only, unless told otherwise: a limit of 10 s would be one of 40 s. */
const checksPerTimeout = 5;

function toServerOptions(limits: HttpServerLimits): ServerOptions {
  return {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: Math.ceil(limits.headersTimeoutMs / checksPerTimeout),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.headerLimitBytes,
  };
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
