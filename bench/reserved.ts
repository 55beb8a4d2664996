import { drive, median } from './support/load.ts';
import type { Bench } from './support/bench-stack.ts';
import { number, spreadOf, type Row } from './support/rows.ts';

/** End to end: from the first add until the line of the last is `reserved` in the read model. */
export async function measureReserved({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { adds, concurrency, fewRounds: rounds } = sizes;
  const { newSessions, addItem } = stack.shop;
  const answered: number[] = [];
  const reserved: number[] = [];
  for (let round = -1; round < rounds; round += 1) {
    say(`reserved end to end: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
    const sessions = await newSessions(adds);
    const startedAt = performance.now();
    const load = await drive(adds, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));
    await stack.settle();
    const elapsedMs = performance.now() - startedAt;
    if (round < 0) continue;
    answered.push(load.perSecond);
    reserved.push((adds / elapsedMs) * 1_000);
  }
  return [
    {
      what: 'lines `reserved` ÷ adds answered, new carts',
      ratio: spreadOf(reserved.map((perSecond, round) => perSecond / answered[round]!)),
      ours: `${number(median(reserved))}/s`,
      bare: `${number(median(answered))}/s`,
      note: 'both ours: from the first add until the last line is reserved in Postgres',
    },
  ];
}
