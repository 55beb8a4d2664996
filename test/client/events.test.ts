import { describe, expect, it } from 'vitest';
import { createCartClient } from '../../src/client/index.ts';
import { createFakeFetch, problem } from '../support/fake-fetch.ts';

const event = (version: number) => `event: cart\nid: ${version}\ndata: ${JSON.stringify({ version })}\n\n`;

const stream = (...parts: string[]): Response =>
  new Response(parts.join(''), { headers: { 'content-type': 'text/event-stream' } });

/** Sends its parts, then breaks. */
function breaking(...parts: string[]): Response {
  const encoded = parts.map((part) => new TextEncoder().encode(part));
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = encoded.shift();
      if (next) controller.enqueue(next);
      else controller.error(new TypeError('terminated'));
    },
  });
  return new Response(body);
}

function eventsOf(answers: (Response | Error)[], after?: number) {
  const { fetch, sent } = createFakeFetch(answers);
  const client = createCartClient({ baseUrl: 'http://shop.test', session: 's', fetch });
  return { events: client.events(after === undefined ? {} : { after }), sent };
}

async function versionsUntil(events: AsyncGenerator<{ version: number }>, last: number): Promise<number[]> {
  const versions: number[] = [];
  for await (const { version } of events) {
    versions.push(version);
    if (version === last) break;
  }
  return versions;
}

describe('the events of the client', () => {
  it('are the carts of the stream; heartbeats and other events are not', async () => {
    const { events } = eventsOf([stream(': still here\n\n', event(1), 'event: bye\ndata: {}\n\n', event(2))]);
    expect(await versionsUntil(events, 2)).toEqual([1, 2]);
  });

  it('go on where they were when the connection ends or breaks', async () => {
    const { events, sent } = eventsOf([
      stream(event(1)),
      breaking(event(2)),
      new TypeError('away'),
      stream(event(4)),
    ]);
    expect(await versionsUntil(events, 4)).toEqual([1, 2, 4]);
    expect(sent.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1', '2', '2']);
  });

  it('start after a version that is known', async () => {
    const { events, sent } = eventsOf([stream(event(8))], 7);
    await versionsUntil(events, 8);
    expect(sent[0]?.headers.get('last-event-id')).toBe('7');
  });

  it('end with the problem when the API refuses them', async () => {
    const { events } = eventsOf([problem(404, 'session_not_found')]);
    await expect(versionsUntil(events, 1)).rejects.toMatchObject({ code: 'session_not_found' });
  });
});
