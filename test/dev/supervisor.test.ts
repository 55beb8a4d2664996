import { afterEach, describe, expect, it } from 'vitest';
import { startChild, type Child } from '../../src/dev/child-process.ts';
import { createSupervisor, type Part, type Supervisor } from '../../src/dev/supervisor.ts';

const supervisors: Supervisor[] = [];
afterEach(() => {
  for (const supervisor of supervisors.splice(0)) supervisor.kill();
});

const idle = `console.log('up'); setInterval(() => {}, 1e6);`;

/** A part run by Node; `spawned` gets each process, in order. */
function nodePart(name: string, code: string, spawned: Child[] = []): Part {
  return {
    name,
    signal: 'SIGTERM',
    stopDeadlineMs: 5_000,
    async start(onSpawn) {
      let up = (): void => {};
      const isUp = new Promise<void>((resolve) => {
        up = resolve;
      });
      const child = await startChild({
        name,
        command: process.execPath,
        args: ['-e', code],
        onLine: () => up(),
      });
      spawned.push(child);
      onSpawn(child);
      await Promise.race([isUp, child.exited.then(() => Promise.reject(new Error(`${name} ended`)))]);
      return child;
    },
  };
}

/** A supervisor, what it says, and a way to await the n-th saying that matches. */
function supervise() {
  const said: string[] = [];
  const events: string[] = [];
  const waiting: { pattern: RegExp; resolve: () => void }[] = [];
  const supervisor = createSupervisor({
    record: {
      started: (name) => Promise.resolve(void events.push(`started ${name}`)),
      ended: () => void events.push('ended'),
    },
    say(line) {
      said.push(line);
      for (const { pattern, resolve } of waiting) if (pattern.test(line)) resolve();
    },
    backoffMs: () => 1,
  });
  supervisors.push(supervisor);
  const saying = (pattern: RegExp): Promise<void> =>
    new Promise((resolve) => waiting.push({ pattern, resolve }));
  return { supervisor, said, events, saying };
}

describe('the supervisor of the local stack', () => {
  it('starts a part again that was killed, and says so', async () => {
    const { supervisor, said, saying } = supervise();
    const spawned: Child[] = [];
    await supervisor.start(nodePart('worker', idle, spawned));
    const again = saying(/runs again/);
    process.kill(spawned[0]?.pid as number, 'SIGKILL');
    await again;
    expect(said).toEqual(['worker ended unexpectedly (SIGKILL); starting it again', 'worker runs again']);
    expect(spawned).toHaveLength(2);
    await supervisor.stop([]);
  });

  it('keeps trying when a start fails', async () => {
    const { supervisor, saying } = supervise();
    const spawned: Child[] = [];
    const part = nodePart('worker', idle, spawned);
    let starts = 0;
    await supervisor.start({
      ...part,
      start: (onSpawn) => (++starts === 2 ? Promise.reject(new Error('not yet')) : part.start(onSpawn)),
    });
    const sayings = [saying(/does not start: not yet/), saying(/runs again/)];
    process.kill(spawned[0]?.pid as number, 'SIGKILL');
    await Promise.all(sayings);
    expect(starts).toBe(3);
    await supervisor.stop([]);
  });

  it('lets the first start fail at once', async () => {
    const { supervisor } = supervise();
    await expect(supervisor.start(nodePart('api', 'process.exit(3)'))).rejects.toThrow('api ended');
  });

  it('stops the parts one after the other in the order asked for, and starts none again', async () => {
    const { supervisor, said } = supervise();
    const [database, api]: [Child[], Child[]] = [[], []];
    await supervisor.start(nodePart('database', idle, database));
    await supervisor.start(nodePart('api', idle, api));
    const order: string[] = [];
    void database[0]?.exited.then(() => order.push('database'));
    void api[0]?.exited.then(() => order.push('api'));
    await supervisor.stop(['api', 'database']);
    expect(order).toEqual(['api', 'database']);
    expect(said).toEqual([]);
  });

  it('kills a part that does not end within its deadline', async () => {
    const { supervisor } = supervise();
    const spawned: Child[] = [];
    const stubborn = nodePart('worker', `process.on('SIGTERM', () => {}); ${idle}`, spawned);
    await supervisor.start({ ...stubborn, stopDeadlineMs: 50 });
    await supervisor.stop([]);
    expect(await spawned[0]?.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
