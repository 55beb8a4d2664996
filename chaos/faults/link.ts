import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const host = '127.0.0.1';

/** TCP from one part to another, which can be cut and slowed down. */
export interface Link {
  name: string;
  port: number;
  /** Resets all connections, and each new one until it is healed. */
  cut(): void;
  /** Everything takes so much longer, each way, until it is healed. */
  delay(latencyMs: number): void;
  heal(): void;
  close(): void;
}

/** With several ports, each connection goes to the next of them. */
export async function createLink(name: string, toPorts: readonly number[]): Promise<Link> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let latencyMs = 0;
  let dialled = 0;

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    // The other end notices by the close that follows.
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  }

  function carry(from: Socket, to: Socket): void {
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = (step: () => void) => {
      const dueAt = performance.now() + latencyMs;
      before = before.then(() => sleep(Math.max(0, dueAt - performance.now()))).then(step);
    };
    from.on('data', (chunk) => inTurn(() => to.writable && to.write(chunk)));
    from.on('end', () => inTurn(() => to.end()));
    // After an end, some of what was sent before it may not be read yet: only what breaks off is broken off.
    from.on('close', (hadError) => inTurn(() => (hadError || !from.readableEnded) && to.destroy()));
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) return void client.on('error', () => {}).resetAndDestroy();
    const port = toPorts[dialled++ % toPorts.length] as number;
    const service = keep(connect({ host, port, allowHalfOpen: true, noDelay: true }));
    carry(keep(client.setNoDelay()), service);
    carry(service, client);
  });
  await once(server.listen(0, host), 'listening');

  return {
    name,
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    delay: (ms) => void (latencyMs = ms),
    heal() {
      isCut = false;
      latencyMs = 0;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
