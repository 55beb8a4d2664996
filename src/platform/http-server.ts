import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import type { HttpServerLimits } from '../config.ts';

export interface HttpServer {
  port: number;
  /** Takes no new request, lets those under way finish for `graceMs`, then drops them. */
  close(graceMs: number): Promise<void>;
}

/** 400: no HTTP, or a target that is no URL. 408: too slow. 431: headers too large. */
export type UnreadableStatus = 400 | 408 | 431;

export interface UnreadableAnswer {
  headers: Record<string, string>;
  body: string;
}

export interface HttpServerOptions {
  fetch: Parameters<typeof getRequestListener>[0];
  host: string;
  port: number;
  /** Without them, Node's own. */
  limits?: HttpServerLimits;
  /** What a request is answered that never becomes one for `fetch`. */
  answerUnreadable?: (status: UnreadableStatus) => UnreadableAnswer;
}

const emptyAnswer = (): UnreadableAnswer => ({ headers: {}, body: '' });

/** Rejects when the port is taken. Port 0 takes any free one. */
export function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { fetch, host, port, limits, answerUnreadable = emptyAnswer } = options;
  const listener = getRequestListener(fetch, {
    hostname: host,
    errorHandler(error) {
      // An app answers its own errors. What else gets here has a host or a target that is no URL.
      if (!(error instanceof RequestError)) return new Response(null, { status: 500 });
      const { headers, body } = answerUnreadable(400);
      return new Response(body, { status: 400, headers });
    },
  });
  const serverOptions = limits ? toServerOptions(limits) : {};
  const server = createServer(serverOptions, (request, response) => void listener(request, response));
  // Nothing here expects anything but 100-continue, and may go on without.
  server.on('checkExpectation', (request, response) => void listener(request, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (isAnswerable(socket)) socket.end(rawAnswer(statusOf(error), answerUnreadable));
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      resolve({ port: address.port, close: (graceMs) => closeServer(server, graceMs) });
    });
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

function statusOf({ code }: NodeJS.ErrnoException): UnreadableStatus {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

/** As Node does by itself: not into the middle of an answer. */
function isAnswerable(socket: Duplex): boolean {
  const { _httpMessage: under } = socket as Duplex & { _httpMessage?: { headersSent: boolean } };
  return socket.writable && under?.headersSent !== true;
}

const reasons = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' };

function rawAnswer(
  status: UnreadableStatus,
  answerUnreadable: (status: UnreadableStatus) => UnreadableAnswer,
): string {
  const { headers, body } = answerUnreadable(status);
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${reasons[status]}`, ...lines, '', body].join('\r\n');
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
