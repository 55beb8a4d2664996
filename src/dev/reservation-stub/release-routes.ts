import type { Hono } from 'hono';
import { problem, type StubEnv } from '../stub/answers.ts';
import { refuse } from './answers.ts';
import type { ReservationCalls } from './calls.ts';
import type { Ledger } from './ledger.ts';
import { key } from './reserve-routes.ts';
import { commit, release, releaseKey } from './verdicts.ts';

/** The quick calls, which end a hold. */
export function registerReleaseRoutes(
  app: Hono<StubEnv>,
  { ledger, calls: { serve, settle } }: { ledger: Ledger; calls: ReservationCalls },
): void {
  app.delete('/reservations/:id', (c) =>
    serve(c, { name: 'release', latencyMs: 0 }, () => {
      const answer = settle((at) => release(ledger, c.req.param('id'), at));
      return answer.status === 'released' ? c.body(null, 204) : refuse(c, answer);
    }),
  );

  app.delete('/reservations', async (c) => {
    const wanted = key.safeParse(c.req.query('key'));
    if (!wanted.success) return problem(c, 400, 'The query parameter key must have 1 to 255 characters.');
    return await serve(c, { name: 'release', latencyMs: 0 }, () => {
      const answer = settle((at) => releaseKey(ledger, wanted.data, at));
      return answer.status === 'released' ? c.body(null, 204) : refuse(c, answer);
    });
  });

  app.post('/reservations/:id/commit', (c) =>
    serve(c, { name: 'commit', latencyMs: 0 }, () => {
      const answer = settle((at) => commit(ledger, c.req.param('id'), at));
      return answer.status === 'committed' ? c.json({ status: 'committed' }) : refuse(c, answer);
    }),
  );
}
