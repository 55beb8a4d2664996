import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createDice } from '../../chaos/dice.ts';
import { createLink, type Link } from '../../chaos/faults/link.ts';
import { createSchedule, type Fault } from '../../chaos/faults/schedule.ts';
import { loadSettings } from '../../chaos/settings.ts';

const parts = ['api', 'worker', 'postgres'] as const;
const links = ['api→postgres', 'worker→postgres'] as const;

function faultsOf({ seed = 1, pace = 1 } = {}): Fault[] {
  const schedule = createSchedule(createDice(seed, 'faults'), { parts, links, pace });
  return Array.from({ length: 200 }, () => schedule.next().value);
}

const withoutPause = (fault: Fault) => ({ ...fault, afterMs: 0 });

describe('the schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(faultsOf({ seed: 7 })).toEqual(faultsOf({ seed: 7 }));
    expect(faultsOf({ seed: 7 })).not.toEqual(faultsOf({ seed: 8 }));
  });

  it('divides the pauses by the pace, and changes nothing else by it', () => {
    const [slow, fast] = [faultsOf(), faultsOf({ pace: 4 })];
    expect(fast.map(withoutPause)).toEqual(slow.map(withoutPause));
    expect(fast.map(({ afterMs }) => afterMs * 4)).toEqual(slow.map(({ afterMs }) => afterMs));
  });

  it('has every kind of fault, and befalls every part and every link with each kind that it can have', () => {
    const met = new Set(
      faultsOf().map((fault) => `${fault.kind} ${'part' in fault ? fault.part : fault.link}`),
    );
    const ofParts = parts.flatMap((part) => [`kill ${part}`, `pause ${part}`]);
    const ofLinks = links.flatMap((link) => [`cut ${link}`, `delay ${link}`]);
    expect([...met].toSorted()).toEqual([...ofParts, ...ofLinks].toSorted());
  });
});

describe('the pace', () => {
  it('is 1 unless it is set', () => {
    expect(loadSettings({}).pace).toBe(1);
    expect(loadSettings({ CHAOS_PACE: '4' }).pace).toBe(4);
  });

  it.each(['0', '1.5', '-1', 'fast'])('is a whole number, at least 1: not %s', (text) => {
    expect(() => loadSettings({ CHAOS_PACE: text })).toThrow('CHAOS_PACE');
  });
});

const host = '127.0.0.1';
const ends: (() => unknown)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).toReversed()) end();
});

/** A service that does this with each connection, behind a link. */
async function linkTo(serve: (socket: Socket) => unknown): Promise<Link> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    ends.push(() => socket.destroy());
    serve(socket.on('error', () => {}));
  });
  await once(server.listen(0, host), 'listening');
  const link = await createLink('client→service', [(server.address() as AddressInfo).port]);
  ends.push(
    () => server.close(),
    () => link.close(),
  );
  return link;
}

function dial({ port }: Link): Socket {
  const socket = connect({ host, port, allowHalfOpen: true });
  ends.push(() => socket.destroy());
  return socket;
}

const echo = (socket: Socket) => socket.pipe(socket, { end: false });

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

/** All of it until the other side ends; a reader of streams would hang up then. */
async function allOf(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  await once(socket, 'end');
  return Buffer.concat(chunks);
}

const failureOf = async (socket: Socket) => {
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code;
};

describe('a link', () => {
  it('carries bytes both ways', async () => {
    const socket = dial(await linkTo(echo));
    expect(await echoed(socket, 'one')).toBe('one');
    expect(await echoed(socket, 'two')).toBe('two');
  });

  it('goes to its ports in turn', async () => {
    const [first, second] = [await linkTo((one) => one.end('1')), await linkTo((one) => one.end('2'))];
    const link = await createLink('client→both', [first.port, second.port]);
    ends.push(() => link.close());
    expect(String(await allOf(dial(link)))).toBe('1');
    expect(String(await allOf(dial(link)))).toBe('2');
  });

  it('resets at both ends what is open when it is cut', async () => {
    let atService: Promise<unknown> | undefined;
    const link = await linkTo((socket) => {
      atService = failureOf(socket);
      echo(socket);
    });
    const socket = dial(link);
    await echoed(socket, 'hello');
    link.cut();
    expect(await Promise.all([failureOf(socket), atService])).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('refuses new connections from when it is cut until it is healed', async () => {
    let served = 0;
    const link = await linkTo((socket) => {
      served += 1;
      echo(socket);
    });
    link.cut();
    expect(await failureOf(dial(link))).toBe('ECONNRESET');
    expect(await failureOf(dial(link))).toBe('ECONNRESET');
    expect(served).toBe(0);
    link.heal();
    expect(await echoed(dial(link), 'hello')).toBe('hello');
  });

  it('is late each way while it is delayed, and no more when it is healed', async () => {
    const latencyMs = 400;
    const link = await linkTo(echo);
    const socket = dial(link);
    const echoedAfter = async (text: string) => {
      const from = performance.now();
      await echoed(socket, text);
      return performance.now() - from;
    };
    await echoed(socket, 'before');
    link.delay(latencyMs);
    // A timer may be early by less than this.
    expect(await echoedAfter('late')).toBeGreaterThan(2 * latencyMs - 10);
    link.heal();
    expect(await echoedAfter('healed')).toBeLessThan(latencyMs);
  });

  it('keeps the order of what was sent before and after it was healed', async () => {
    const link = await linkTo(async (socket) => socket.end(await allOf(socket)));
    const socket = dial(link);
    link.delay(300);
    socket.write('first ');
    // No signal says that it is in the link.
    await sleep(50);
    link.heal();
    socket.end('second');
    expect(String(await allOf(socket))).toBe('first second');
  });

  it('carries the end of what one side says, and then all of the other’s answer, however slowly that is read', async () => {
    const answer = Buffer.alloc(8_000_000, 'x');
    let onAnswered = () => {};
    const answered = new Promise<void>((resolve) => (onAnswered = resolve));
    const link = await linkTo(async (socket) => {
      const asked = await allOf(socket);
      socket.on('close', onAnswered).end(Buffer.concat([asked, answer]));
    });
    const socket = dial(link);
    socket.end('asked: ');
    await answered;
    // Nor that all of it is in the link, with the end.
    await sleep(400);
    const heard = await allOf(socket);
    expect(heard.length).toBe('asked: '.length + answer.length);
    expect(heard.subarray(0, 7).toString()).toBe('asked: ');
  });
});
