import { Hono } from 'hono';
import { problem, type StubEnv } from './answers.ts';
import type { ControlPanel } from './control.ts';
import type { LedgerFile } from './ledger-file.ts';
import { registerOperatorRoutes } from './operator-routes.ts';
import { registerReleaseRoutes } from './release-routes.ts';
import { registerReserveRoutes } from './reserve-routes.ts';
import { createServiceCalls } from './service-call.ts';

/** The reservation service's HTTP face. Effects come at the end of the latency, whether the client still waits or not. */
export function createStubApp({ file, control }: { file: LedgerFile; control: ControlPanel }) {
  const app = new Hono<StubEnv>();
  const { ledger } = file;
  const calls = createServiceCalls(file, control);
  registerReserveRoutes(app, { ledger, control, calls });
  registerReleaseRoutes(app, { ledger, calls });
  registerOperatorRoutes(app, { ledger, control, calls: calls.counts });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.notFound((c) => problem(c, 404, 'There is no such resource.'));
  return app;
}
