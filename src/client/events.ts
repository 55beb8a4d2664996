import type { EventSourceMessage } from 'eventsource-parser';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { backoffMs, pause } from './pause.ts';
import type { Send } from './send.ts';
import type { Cart } from './types.ts';

export interface CartEventsOptions {
  /** Nothing that is not newer than this version. */
  after?: number;
  signal?: AbortSignal;
}

/**
 * The cart now, and again after each change, for as long as the caller reads. A connection that ends is opened
 * again where it ended. Throws when the API refuses the stream.
 */
export async function* cartEvents(
  { send, url }: { send: Send; url: string },
  { after, signal }: CartEventsOptions,
): AsyncGenerator<Cart> {
  let lastEventId = after === undefined ? undefined : String(after);
  for (let failures = 0; ; failures += 1) {
    const resume = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const headers = { ...resume, accept: 'text/event-stream' };
    const { body } = await send({ method: 'GET', url, headers, signal });
    try {
      for await (const { event, id, data } of readEvents(body)) {
        if (id !== undefined) lastEventId = id;
        failures = 0;
        if (event === 'cart') yield JSON.parse(data) as Cart;
      }
    } catch {
      // The connection broke: what it did not bring comes with the next.
      signal?.throwIfAborted();
    }
    await pause(backoffMs(failures + 1), signal);
  }
}

/** Not every browser can iterate a stream. */
async function* readEvents(body: ReadableStream<Uint8Array> | null): AsyncGenerator<EventSourceMessage> {
  const reader = body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) yield read.value;
  } finally {
    await reader?.cancel();
  }
}
