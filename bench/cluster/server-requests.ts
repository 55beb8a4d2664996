/** Counted by each process of the server: calls that it was asked, and those that it made to its databases. */
export interface Requests {
  asked: number;
  toDatabase: number;
}

/** By role; each address serves the metrics of one process. */
export async function serverRequests(
  metricsUrls: Readonly<Record<string, readonly string[]>>,
): Promise<Record<string, Requests>> {
  const entries = await Promise.all(
    Object.entries(metricsUrls).map(async ([role, urls]) => {
      const texts = await Promise.all(urls.map(async (url) => await (await fetch(url)).text()));
      const total = (name: string) => texts.reduce((sum, text) => sum + sumOf(text, name), 0);
      return [role, { asked: total('service_requests'), toDatabase: total('persistence_requests') }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Over all the labels of a counter, in Prometheus' text format. */
function sumOf(text: string, name: string): number {
  const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'));
  return [...samples].reduce((sum, [, value]) => sum + Number(value), 0);
}
