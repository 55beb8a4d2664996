import type { Child } from '../../src/dev/child-process.ts';

/** Kills aim at a phase of what is under way; a delay may reach into the next. */
export interface Aim<Phase> {
  phase: Phase;
  delayMaxMs: number;
}

/** The kill comes so long after the phase is seen to be reached. */
export interface Instant<Phase> {
  phase: Phase;
  delayMs: number;
}

export const chooseInstants = <Phase>(
  aims: readonly Aim<Phase>[],
  kills: number,
  random: () => number,
): Instant<Phase>[] =>
  Array.from({ length: kills }, (_, index) => {
    const { phase, delayMaxMs } = aims[index % aims.length]!;
    return { phase, delayMs: random() * delayMaxMs };
  });

/** In turn, as cards are dealt. */
export const deal = <T>(all: readonly T[], lanes: number): T[][] =>
  Array.from({ length: lanes }, (_, lane) => all.filter((__, at) => at % lanes === lane));

/** When all have ended, however they did: what they have found, and what has failed, which is printed. */
export async function endOfLanes<T>(
  lanes: readonly Promise<T[]>[],
): Promise<{ found: T[]; failures: unknown[] }> {
  const ended = await Promise.allSettled(lanes);
  const found = ended.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const failures = ended.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  for (const failure of failures) console.error(failure);
  return { found, failures };
}

export async function killNow(child: Child): Promise<void> {
  child.kill();
  await child.exited;
}
