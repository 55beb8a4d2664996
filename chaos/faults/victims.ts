import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Child } from '../../src/dev/child-process.ts';
import { createLink, type Link } from './link.ts';
import { startPart, type Part } from './part.ts';

export type Launch = (onLine: (line: string) => void) => Promise<Child>;

/** All that can be killed, paused, cut and delayed, by name. */
export interface Victims {
  parts: ReadonlyMap<string, Part>;
  links: ReadonlyMap<string, Link>;
  /** Resolves when it is ready; what it prints goes to a file of its name. */
  run(name: string, launch: Launch): Promise<void>;
  /** The port at which `from` reaches `to`. */
  link(from: string, to: string, ...ports: number[]): Promise<number>;
  stop(): Promise<void>;
}

export function createVictims(folder: string, log: (line: string) => void): Victims {
  const parts = new Map<string, Part>();
  const links = new Map<string, Link>();
  return {
    parts,
    links,
    async run(name, launch) {
      const file = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
      const onLine = (line: string) => void file.write(`${new Date().toISOString()} ${line}\n`);
      parts.set(name, await startPart({ name, launch: () => launch(onLine), log }));
    },
    async link(from, to, ...ports) {
      const created = await createLink(`${from}→${to}`, ports);
      links.set(created.name, created);
      return created.port;
    },
    async stop() {
      // The servers last, so that nobody misses them.
      for (const part of [...parts.values()].toReversed()) await part.stop();
      for (const one of links.values()) one.close();
    },
  };
}
