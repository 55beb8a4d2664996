import type { Hono } from 'hono';
import type { StubEnv } from '../stub/answers.ts';
import { refuse, show } from './answers.ts';
import type { Ledger } from './ledger.ts';
import type { DecidePayment } from './outcomes.ts';

/** The payment page, and its two buttons. A shopper meets neither latency nor faults. */
export function registerShopperRoutes(
  app: Hono<StubEnv>,
  { ledger, decide }: { ledger: Ledger; decide: DecidePayment },
): void {
  app.get('/payments/:id', async (c) => {
    const payment = ledger.payments.get(c.req.param('id'));
    return payment ? await show(c, payment) : refuse(c, { status: 'not_found' });
  });

  for (const outcome of ['succeed', 'fail'] as const) {
    app.post(`/payments/:id/${outcome}`, async (c) => {
      const answer = decide(c.req.param('id') ?? '', outcome);
      return answer.status === 'done' ? await show(c, answer.payment) : refuse(c, answer);
    });
  }
}
