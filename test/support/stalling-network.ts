import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What becomes of a request that stands still, as soon as the stall ends. */
export type Way = 'never arrives' | 'arrives late' | 'is answered late' | 'is reset';

export interface Stall {
  /** How many requests stand still. */
  readonly held: number;
  /** What is sent from now on goes through; what stands still goes on doing so. */
  stop(): void;
  /** Resolves when whatever stood still is lost, or has taken effect; rejects when the service does not answer it. */
  end(): Promise<void>;
}

interface Connection {
  stall(way: Way, bytes: string): void;
  letGo(way: Way): Promise<void>;
}

interface Rule extends Stall {
  way: Way;
  matches(bytes: string): boolean;
  take(connection: Connection): void;
}

/** TCP between a shop and its services, in which single requests can be made to stand still. */
export function createStallingNetwork() {
  const rules = new Set<Rule>();
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    // The other end notices by the close that follows.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    return socket;
  }

  return {
    /** The address to use instead of this one. */
    async via(url: string): Promise<string> {
      const { hostname: host, port } = new URL(url);
      const dial = () => keep(connect({ host, port: Number(port) }));
      const server = createServer((client) => join(keep(client), dial, rules));
      await once(server.listen(0, host), 'listening');
      servers.push(server);
      const through = new URL(url);
      through.port = String((server.address() as AddressInfo).port);
      return through.href;
    },
    /** Every request with these bytes in its first packet stands still, with all that follows it on its connection. */
    stall(matches: (bytes: string) => boolean, way: Way): Stall {
      const taken: Connection[] = [];
      const rule: Rule = {
        way,
        matches,
        take: (connection) => taken.push(connection),
        get held() {
          return taken.length;
        },
        stop: () => rules.delete(rule),
        async end() {
          rules.delete(rule);
          await Promise.all(taken.map((connection) => connection.letGo(way)));
        },
      };
      rules.add(rule);
      return rule;
    },
    close() {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export type StallingNetwork = ReturnType<typeof createStallingNetwork>;

function join(client: Socket, dial: () => Socket, rules: ReadonlySet<Rule>): void {
  let service = attach(dial());
  let stalled: { isHttp: boolean; answered: Promise<void> } | undefined;
  const requests = createLane(() => service);
  const answers = createLane(() => client);

  function attach(socket: Socket): Socket {
    socket.on('data', (chunk) => answers.send(chunk));
    socket.on('close', () => {
      if (!stalled && socket === service) client.end();
    });
    return socket;
  }

  async function letGo(way: Way): Promise<void> {
    if (way === 'is reset') client.resetAndDestroy();
    if (way === 'never arrives' || way === 'is reset') return void service.destroy();
    if (stalled?.isHttp && way === 'arrives late') {
      // A service hangs up when nothing comes for some seconds: what is late comes on a connection of its own.
      service.destroy();
      service = attach(dial());
      stalled.answered = answerOf(service);
    }
    requests.letGo();
    await stalled?.answered;
    answers.letGo();
    if (client.destroyed) service.destroy();
  }

  const connection: Connection = {
    stall(way, bytes) {
      stalled = { isHttp: bytes.includes(' HTTP/1.1'), answered: answerOf(service) };
      // Looked at in the end.
      stalled.answered.catch(() => {});
      (way === 'is answered late' ? answers : requests).hold();
    },
    async letGo(way) {
      await letGo(way);
      stalled = undefined;
      if (service.closed) client.end();
    },
  };

  client.on('data', (chunk) => {
    const bytes = chunk.toString('latin1');
    const rule = stalled ? undefined : [...rules].find(({ matches }) => matches(bytes));
    if (rule) {
      rule.take(connection);
      connection.stall(rule.way, bytes);
    }
    requests.send(chunk);
  });
  client.on('close', () => {
    // A request that stands still reaches the service even when nobody waits for it any more.
    if (!stalled) service.end();
  });
}

function answerOf(service: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    service.once('data', () => resolve());
    service.once('close', () => reject(new Error('The service has hung up without an answer')));
  });
}

/** One direction of a connection. */
function createLane(to: () => Socket) {
  let waiting: Buffer[] | undefined;
  function send(chunk: Buffer): void {
    if (waiting) waiting.push(chunk);
    else if (to().writable) to().write(chunk);
  }
  return {
    send,
    hold() {
      waiting ??= [];
    },
    letGo() {
      const chunks = waiting ?? [];
      waiting = undefined;
      chunks.forEach(send);
    },
  };
}
