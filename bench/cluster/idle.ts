import { setTimeout as pause } from 'node:timers/promises';
import { cpuPerCall, settleMs, type Pids } from '../support/cpu.ts';
import { growth, readCounters, type Counters, type CounterSources } from './counters.ts';

export interface Idle {
  cpu: Record<string, number>;
  counters: Counters;
}

/** After a start, when programs still compile themselves and shards are acquired. */
const quietAfterMs = 10_000;
const seconds = 10;

/** What is spent each second while nobody shops. */
export async function measureIdle(pids: Pids, sources: CounterSources): Promise<Idle> {
  await pause(quietAfterMs);
  const before = await readCounters(sources);
  const cpu = await cpuPerCall(pids, seconds, () => pause(seconds * 1_000 - settleMs));
  return { cpu, counters: growth(before, await readCounters(sources), seconds) };
}
