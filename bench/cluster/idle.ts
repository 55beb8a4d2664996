import { setTimeout as pause } from 'node:timers/promises';
import { cpuPerCall, settleMs, type Pids } from '../support/cpu.ts';
import { postgresFigures } from './postgres-figures.ts';

export interface Idle {
  cpu: Record<string, number>;
  /** Of Temporal's databases. */
  transactions: number;
  walBytes: number;
}

/** After a start, when programs still compile themselves and shards are acquired. */
const quietAfterMs = 10_000;
const seconds = 10;

/** What is spent each second while nobody shops. */
export async function measureIdle(pids: Pids, temporalStores: readonly string[]): Promise<Idle> {
  await pause(quietAfterMs);
  const before = await postgresFigures(temporalStores);
  const cpu = await cpuPerCall(pids, seconds, () => pause(seconds * 1_000 - settleMs));
  const after = await postgresFigures(temporalStores);
  return {
    cpu,
    transactions: (after.transactions - before.transactions) / seconds,
    walBytes: (after.walBytes - before.walBytes) / seconds,
  };
}
