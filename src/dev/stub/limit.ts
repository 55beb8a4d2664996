/** Lets so many of the given tasks run at once; the others wait for their turn. */
export function createLimit(max: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function limit(task) {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      // A turn that is handed over stays taken.
      if (next) next();
      else running -= 1;
    }
  };
}
