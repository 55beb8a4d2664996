import type { Hono } from 'hono';
import { problem, refuse, type StubEnv } from './answers.ts';
import { commit, release, releaseKey, type Ledger } from './ledger.ts';
import { key } from './reserve-routes.ts';
import { now, type ServiceCalls } from './service-call.ts';

/** The quick calls, which end a hold. */
export function registerReleaseRoutes(
  app: Hono<StubEnv>,
  { ledger, calls: { serve, settle } }: { ledger: Ledger; calls: ServiceCalls },
): void {
  app.delete('/reservations/:id', (c) =>
    serve(c, { name: 'release', latencyMs: 0 }, () => {
      const answer = settle(release(ledger, c.req.param('id'), now()));
      return answer.status === 'released' ? c.body(null, 204) : refuse(c, answer);
    }),
  );

  app.delete('/reservations', async (c) => {
    const wanted = key.safeParse(c.req.query('key'));
    if (!wanted.success) return problem(c, 400, 'The query parameter key must have 1 to 255 characters.');
    return await serve(c, { name: 'release', latencyMs: 0 }, () => {
      const answer = settle(releaseKey(ledger, wanted.data, now()));
      return answer.status === 'released' ? c.body(null, 204) : refuse(c, answer);
    });
  });

  app.post('/reservations/:id/commit', (c) =>
    serve(c, { name: 'commit', latencyMs: 0 }, () => {
      const answer = settle(commit(ledger, c.req.param('id'), now()));
      return answer.status === 'committed' ? c.json({ status: 'committed' }) : refuse(c, answer);
    }),
  );
}
