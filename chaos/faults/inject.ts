import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from './link.ts';
import type { Part } from './part.ts';
import type { Fault } from './schedule.ts';

export interface Injector {
  schedule: Iterator<Fault, never>;
  parts: ReadonlyMap<string, Part>;
  links: ReadonlyMap<string, Link>;
  limits: { killsAtMost: number; secondsAtMost: number };
  /** Told when it happens. */
  onFault: (fault: Fault) => void;
}

/** Does what the schedule says, then heals everything. Resolves when all parts are up and all links open. */
export async function injectFaults({ schedule, parts, links, limits, onFault }: Injector): Promise<void> {
  const endsAt = performance.now() + limits.secondsAtMost * 1_000;
  const underWay: Promise<void>[] = [];
  for (let kills = 0; kills < limits.killsAtMost && performance.now() < endsAt;) {
    const fault = schedule.next().value;
    await sleep(fault.afterMs);
    if (fault.kind === 'cut' || fault.kind === 'delay') {
      onFault(fault);
      underWay.push(disturb(found(links, fault.link), fault));
      continue;
    }
    const part = found(parts, fault.part);
    // What is down cannot be killed: the schedule waits for it, and stays the same.
    await part.idle();
    onFault(fault);
    if (fault.kind === 'kill') kills += 1;
    underWay.push(fault.kind === 'kill' ? part.kill(fault.downMs) : part.pause(fault.forMs));
  }
  await Promise.all(underWay);
  for (const link of links.values()) link.heal();
  for (const part of parts.values()) await part.idle();
}

async function disturb(link: Link, fault: Fault & { kind: 'cut' | 'delay' }): Promise<void> {
  if (fault.kind === 'cut') link.cut();
  else link.delay(fault.latencyMs);
  await sleep(fault.forMs);
  link.heal();
}

function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name);
  if (one === undefined) throw new Error(`There is no ${name}`);
  return one;
}
