import { Hono } from 'hono';
import { problem, type StubEnv } from '../stub/answers.ts';
import { registerControlRoutes } from '../stub/control-routes.ts';
import type { LedgerFile } from '../stub/ledger-file.ts';
import { createReservationCalls } from './calls.ts';
import { controlChange, type ControlPanel } from './control.ts';
import type { Entry, Ledger } from './ledger.ts';
import { registerOperatorRoutes } from './operator-routes.ts';
import { registerReleaseRoutes } from './release-routes.ts';
import { registerReserveRoutes } from './reserve-routes.ts';

/** The reservation service's HTTP face. Effects come at the end of the latency, whether the client still waits or not. */
export function createStubApp({
  file,
  ledger,
  control,
}: {
  file: LedgerFile<Entry>;
  ledger: Ledger;
  control: ControlPanel;
}) {
  const app = new Hono<StubEnv>();
  const calls = createReservationCalls(file, ledger, control);
  registerReserveRoutes(app, { ledger, control, calls });
  registerReleaseRoutes(app, { ledger, calls });
  registerControlRoutes(app, { control, schema: controlChange });
  registerOperatorRoutes(app, { ledger, control, calls: calls.counts });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.notFound((c) => problem(c, 404, 'There is no such resource.'));
  return app;
}
