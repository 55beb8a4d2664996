import { request, type ClientRequest } from 'node:http';

export interface OpenStream {
  close(): void;
}

export interface StreamClientOptions {
  /** Called with the version of each event. */
  onVersion?: (version: number) => void;
}

/** One open stream; resolves when its first bytes are there. Reads ids and nothing else, to be cheap. */
export function openStream(
  url: string,
  { onVersion = () => {} }: StreamClientOptions = {},
): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`A stream was answered ${response.statusCode}`));
        return;
      }
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        for (const [, id] of text.matchAll(/^id: (\d+)$/gm)) onVersion(Number(id));
      });
      response.on('error', () => {});
      response.once('data', () => resolve({ close: () => sent.destroy() }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Opens them all, a few at a time. */
export async function openStreams(urls: readonly string[], atOnce: number): Promise<OpenStream[]> {
  const streams: OpenStream[] = [];
  let next = 0;
  async function lane() {
    for (let index = next++; index < urls.length; index = next++)
      streams.push(await openStream(urls[index]!));
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return streams;
}
