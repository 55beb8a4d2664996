import { Hono } from 'hono';
import { problem, type StubEnv } from '../stub/answers.ts';
import { registerControlRoutes } from '../stub/control-routes.ts';
import type { AutoShopper } from './auto-shopper.ts';
import type { PaymentCalls } from './calls.ts';
import { controlChange, type ControlPanel } from './control.ts';
import type { Ledger } from './ledger.ts';
import { registerOperatorRoutes } from './operator-routes.ts';
import type { DecidePayment } from './outcomes.ts';
import { registerServiceRoutes } from './service-routes.ts';
import { registerShopperRoutes } from './shopper-routes.ts';
import type { WebhookSender } from './webhook-sender.ts';

interface StubAppDeps {
  ledger: Ledger;
  control: ControlPanel;
  calls: PaymentCalls;
  decide: DecidePayment;
  shopper: AutoShopper;
  webhooks: WebhookSender;
  publicUrl: string | undefined;
}

/** The payment service's HTTP face: for shops, for shoppers, and for who runs the stub. */
export function createStubApp(deps: StubAppDeps) {
  const app = new Hono<StubEnv>();
  const { control, webhooks } = deps;
  registerServiceRoutes(app, deps);
  registerShopperRoutes(app, deps);
  registerControlRoutes(app, {
    schema: controlChange,
    control: {
      get current() {
        return control.current;
      },
      change(change) {
        control.change(change);
        // What was held back may go now.
        webhooks.wake();
      },
    },
  });
  registerOperatorRoutes(app, { ...deps, calls: deps.calls.counts });
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.notFound((c) => problem(c, 404, 'There is no such resource.'));
  return app;
}
