import { createPaymentStubClient } from '../test/support/payment-stub-client.ts';
import { until } from '../test/support/shopper.ts';
import type { Bench, BenchStack } from './support/bench-stack.ts';
import { drive, median, type Load } from './support/load.ts';
import { loadText, number, spreadOf, type Row } from './support/rows.ts';

const paidWithinMs = 120_000;

interface Round {
  adds: Load;
  answered: Load;
  paidPerSecond: number;
}

/** A whole checkout of a cart whose line is reserved: until its `201`, and until its order is paid. */
export async function measureCheckout({ stack, sizes, say }: Bench): Promise<Row[]> {
  const { checkouts, concurrency, fewRounds: rounds } = sizes;
  const { newSessions, addItem, checkout } = stack.shop;
  const payments = createPaymentStubClient(stack.payments);

  async function checkOut(auto: 'off' | 'succeed') {
    const sessions = await newSessions(checkouts);
    const adds = await drive(checkouts, concurrency, (i) => addItem(sessions[i]!.path, 'apple'));
    await stack.settle();
    await payments.control({ auto });
    const startedAt = performance.now();
    const answered = await drive(checkouts, concurrency, (i) => checkout(sessions[i]!.path));
    if (auto === 'succeed') await waitUntilPaid(stack, sessions);
    const seconds = (performance.now() - startedAt) / 1_000;
    return { adds, answered, perSecond: checkouts / seconds };
  }

  const measured: Round[] = [];
  for (let round = -1; round < rounds; round += 1) {
    say(`checkout: ${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}`);
    const { adds, answered } = await checkOut('off');
    const paid = await checkOut('succeed');
    if (round >= 0) measured.push({ adds, answered, paidPerSecond: paid.perSecond });
  }
  await payments.control({ auto: 'off' });
  return rowsOf(measured);
}

function rowsOf(measured: readonly Round[]): Row[] {
  const bare = loadText(measured.map(({ adds }) => adds));
  return [
    {
      what: 'checkout until `201` ÷ add-item, new carts',
      ratio: spreadOf(measured.map(({ adds, answered }) => answered.perSecond / adds.perSecond)),
      ours: loadText(measured.map(({ answered }) => answered)),
      ...{ bare, note: 'both ours; lines are reserved before' },
    },
    {
      what: 'checkout until paid ÷ add-item, new carts',
      ratio: spreadOf(measured.map(({ adds, paidPerSecond }) => paidPerSecond / adds.perSecond)),
      ours: `${number(median(measured.map(({ paidPerSecond }) => paidPerSecond)))}/s`,
      ...{
        bare,
        note: 'both ours; until the webhook of the last payment has made its order `paid` in Postgres',
      },
    },
  ];
}

async function waitUntilPaid({ sql }: BenchStack, sessions: readonly { cartId: string }[]): Promise<void> {
  const cartIds = sessions.map(({ cartId }) => cartId);
  const count = () => sql<{ paid: number }[]>`
    select count(*)::int as paid from orders where status = 'paid' and cart_id = any(${cartIds})`;
  await until(count, ([row]) => row?.paid === cartIds.length, paidWithinMs);
}
