import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import { queryOf, withClient } from './checks/runs.ts';
import type { World } from './world.ts';

type History = temporal.api.history.v1.IHistory;
type Event = temporal.api.history.v1.IHistoryEvent;

/** What `test/replay` takes for its histories. */
const lengthMax = 150_000;

const count = ({ events }: History, is: (event: Event) => unknown): number =>
  (events ?? []).filter(is).length;

/** What a run of a cart can have been through because of faults. */
const hardships = {
  'tasks-timed-out': (history: History) =>
    count(history, (event) => event.workflowTaskTimedOutEventAttributes),
  'tasks-failed': (history: History) => count(history, (event) => event.workflowTaskFailedEventAttributes),
  'calls-timed-out': (history: History) =>
    count(history, (event) => event.activityTaskTimedOutEventAttributes),
  'calls-repeated': (history: History) =>
    count(
      history,
      ({ activityTaskStartedEventAttributes }) => (activityTaskStartedEventAttributes?.attempt ?? 1) > 1,
    ),
};

const sumOf = (history: History): number =>
  Object.values(hardships).reduce((sum, hardshipOf) => sum + hardshipOf(history), 0);

const signalled = (name: string) => (history: History) =>
  count(history, (event) => event.workflowExecutionSignaledEventAttributes?.signalName === name) &&
  sumOf(history);

/** Under each name the history that has most of it is kept. */
const kinds: Record<string, (history: History) => number> = {
  ...hardships,
  'continued-as-new': (history) =>
    count(history, (event) => event.workflowExecutionContinuedAsNewEventAttributes) && sumOf(history),
  claimed: signalled('claim'),
  'claimed-by': signalled('receive'),
};

/** The hardest of a run's histories, one for each kind, in the form that `test/replay` replays. */
export async function saveHistories(world: World, folder: string): Promise<void> {
  const hardest = new Map<string, { hardship: number; json: string }>();
  await withClient(world, async (client) => {
    const histories = client.workflow.list({ query: queryOf(world) }).intoHistories({ concurrency: 4 });
    for await (const { workflowId, history } of histories) {
      if (!workflowId.startsWith('cart-')) continue;
      const found = Object.entries(kinds).map(([kind, of]) => ({ kind, hardship: of(history as History) }));
      const harder = found.filter(({ kind, hardship }) => hardship > (hardest.get(kind)?.hardship ?? 0));
      if (harder.length === 0) continue;
      const json = `${historyToJSON(history as History).replaceAll(process.cwd(), '.')}\n`;
      if (json.length > lengthMax) continue;
      for (const { kind, hardship } of harder) hardest.set(kind, { hardship, json });
    }
  });
  await write(folder, hardest);
}

async function write(folder: string, hardest: ReadonlyMap<string, { json: string }>): Promise<void> {
  await mkdir(folder, { recursive: true });
  const day = new Date().toISOString().slice(0, 10);
  const written = new Set<string>();
  for (const [kind, { json }] of hardest) {
    // One may be the hardest in several ways.
    if (written.has(json)) continue;
    written.add(json);
    await writeFile(join(folder, `chaos-${kind}-1.${day}.json`), json);
  }
}
