/** Counted by each process of the server: calls that it was asked, and those that it made to its databases. */
export interface Requests {
  asked: number;
  toDatabase: number;
  /** Of these the changes of a workflow: of one history shard there is one at a time. */
  shardWrites: number;
}

/** By role; each address serves the metrics of one process. */
export async function serverRequests(
  metricsUrls: Readonly<Record<string, readonly string[]>>,
): Promise<Record<string, Requests>> {
  const entries = await Promise.all(
    Object.entries(metricsUrls).map(async ([role, urls]) => {
      const texts = await Promise.all(urls.map(async (url) => await (await fetch(url)).text()));
      const total = (name: string, labels = '') =>
        texts.reduce((sum, text) => sum + sumOf(text, name, labels), 0);
      const counts = {
        asked: total('service_requests'),
        toDatabase: total('persistence_requests'),
        shardWrites: total('persistence_requests', 'operation="(?:Create|Update)WorkflowExecution"'),
      };
      return [role, counts] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/** Over all the samples of a counter, in Prometheus' text format, that have these labels. */
function sumOf(text: string, name: string, labels: string): number {
  const samples = text.matchAll(new RegExp(`^${name}(?:\\{.*${labels}.*\\})? (\\S+)$`, 'gm'));
  return [...samples]
    .filter(([sample]) => labels === '' || sample.includes('{'))
    .reduce((sum, [, value]) => sum + Number(value), 0);
}
