/** Things that end by themselves, with their instants. They are looked through only when the first of them is due. */
export function createExpiring<Thing>() {
  const ends = new Map<Thing, string>();
  let soonest: string | undefined;
  return {
    delete: (thing: Thing) => ends.delete(thing),
    /** `undefined`: it does not end by itself, or no longer. */
    set(thing: Thing, at: string | undefined) {
      ends.delete(thing);
      if (at === undefined) return;
      ends.set(thing, at);
      if (soonest === undefined || at < soonest) soonest = at;
    },
    dueAt(now: string): [Thing, string][] {
      if (soonest === undefined || now < soonest) return [];
      const due = [...ends].filter(([, at]) => at <= now);
      soonest = undefined;
      for (const at of ends.values()) {
        if (at > now && (soonest === undefined || at < soonest)) soonest = at;
      }
      return due;
    },
  };
}
