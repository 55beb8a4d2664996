/** What was sent, by what a test asks about. */
export interface Sent {
  method: string;
  url: string;
  headers: Headers;
  body: string | undefined;
}

/** Gives the answers one after the other; an Error is a connection that broke. */
export function createFakeFetch(answers: (Response | Error)[]) {
  const sent: Sent[] = [];
  async function fakeFetch(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Promise<Response> {
    init.signal?.throwIfAborted();
    const { method = 'GET', headers, body } = init;
    sent.push({
      method,
      url: String(input),
      headers: new Headers(headers),
      body: body === undefined ? undefined : String(body),
    });
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`No answer was prepared for ${method} ${String(input)}`);
    if (answer instanceof Error) throw answer;
    return answer;
  }
  return { fetch: fakeFetch as typeof fetch, sent };
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });

export const problem = (status: number, code: string, headers: Record<string, string> = {}): Response =>
  json(status, { type: `/problems/${code}`, title: code, status, code, detail: code }, headers);
