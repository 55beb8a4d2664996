import type { Bench } from './support/bench-stack.ts';
import { drive, type Load } from './support/load.ts';
import { latencyText, medianLatency, spreadOf, type Row } from './support/rows.ts';

const slowAnswerMs = 35_000;
/** All rounds together stay below a worker's slots for activities. */
const slotsTaken = 160;

/** The time to the first answer while reservations take 35 s, as a ratio to while they take none. */
export async function measureSlowService({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { concurrency, rounds } = sizes;
  const adds = Math.min(sizes.adds, Math.floor(slotsTaken / (rounds + 1)));

  async function addWhile(latencyMs: number): Promise<Load> {
    await setLatency(stack.stub, latencyMs);
    const sessions = await stack.shop.newSessions(adds);
    return await drive(adds, concurrency, (i) => stack.shop.addItem(sessions[i]!.path, 'apple'));
  }
  const atOnce: Load[] = [];
  const slow: Load[] = [];
  const startedAt = Date.now();
  for (let round = -1; round < rounds; round += 1) {
    say(`first answer at 35 s and 0 s: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
    // The order changes, so that what one leaves to be done hits both alike.
    const first = round % 2 === 0 ? 0 : slowAnswerMs;
    const loads = [await addWhile(first), await addWhile(slowAnswerMs - first)];
    if (round < 0) continue;
    atOnce.push(loads[first === 0 ? 0 : 1]!);
    slow.push(loads[first === 0 ? 1 : 0]!);
  }
  const early = Date.now() - startedAt < slowAnswerMs;
  await setLatency(stack.stub, sizes.reservationLatencyMs);
  say('waiting for the slow reservations');
  await stack.settle();
  return [
    {
      what: 'p50 of the first answer with reservations of 35 s ÷ of 0 s',
      ratio: spreadOf(slow.map(({ p50Ms }, round) => p50Ms / atOnce[round]!.p50Ms)),
      aim: { atMost: 1.05 },
      ours: latencyText(medianLatency(slow)),
      bare: latencyText(medianLatency(atOnce)),
      note: `both ours, new carts${early ? '' : '; some slow reservations ended meanwhile'}`,
    },
  ];
}

async function setLatency(stub: string, latencyMs: number): Promise<void> {
  const response = await fetch(`${stub}/control`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ latencyMs }),
  });
  if (!response.ok) throw new Error(`The reservation stub answered ${response.status}`);
}
