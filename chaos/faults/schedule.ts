import type { Dice } from '../dice.ts';

/** `afterMs`: since the one before it. */
export type Fault = { afterMs: number } & (
  | { kind: 'kill'; part: string; downMs: number }
  | { kind: 'pause'; part: string; forMs: number }
  | { kind: 'cut'; link: string; forMs: number }
  | { kind: 'delay'; link: string; forMs: number; latencyMs: number }
);

type Names = readonly [string, ...string[]];

export interface ScheduleOptions {
  parts: Names;
  links: Names;
  /** By which the pauses between faults are divided. */
  pace: number;
}

/** What happens, to whom, when and for how long: the dice decide it all, and nothing of the shop does. */
export function* createSchedule(
  dice: Dice,
  { parts, links, pace }: ScheduleOptions,
): Generator<Fault, never> {
  for (;;) {
    // Drawn for every fault alike, so that its kind moves none of those after it.
    const afterMs = dice.between(1_000, 6_000) / pace;
    const kind = dice.choose({ kill: 50, pause: 20, cut: 18, delay: 12 });
    const [part, link] = [dice.oneOf(parts), dice.oneOf(links)];
    const [downMs, forMs, latencyMs] = [
      dice.between(0, 3_000),
      dice.between(500, 5_000),
      dice.between(50, 1_500),
    ];
    switch (kind) {
      case 'kill':
        yield { kind, afterMs, part, downMs };
        break;
      case 'pause':
        yield { kind, afterMs, part, forMs };
        break;
      case 'cut':
        yield { kind, afterMs, link, forMs };
        break;
      case 'delay':
        yield { kind, afterMs, link, forMs, latencyMs };
        break;
    }
  }
}
