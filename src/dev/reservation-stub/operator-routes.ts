import type { Hono } from 'hono';
import { bodyOf, invalid, type StubEnv } from './answers.ts';
import { controlChange, type ControlPanel } from './control.ts';
import type { Ledger } from './ledger.ts';
import type { CallCounts } from './service-call.ts';

/** How tests and people steer the stub and look into its books. */
export function registerOperatorRoutes(
  app: Hono<StubEnv>,
  { ledger, control, calls }: { ledger: Ledger; control: ControlPanel; calls: Readonly<CallCounts> },
): void {
  app.get('/control', (c) => c.json(control.current));
  app.put('/control', async (c) => {
    const change = controlChange.safeParse(await bodyOf(c));
    if (!change.success) return invalid(c, change.error);
    control.change(change.data);
    return c.json(control.current);
  });

  app.get('/ledger', (c) => {
    const { key: wantedKey, item: wantedItem, prefix } = c.req.query();
    const holds = [...ledger.holds.values()].filter(
      (hold) =>
        (wantedKey === undefined || hold.key === wantedKey) &&
        (wantedItem === undefined || hold.item === wantedItem) &&
        (prefix === undefined || hold.key.startsWith(prefix)),
    );
    return c.json({ holds, calls });
  });

  app.get('/stock', (c) => {
    const items = new Set([...ledger.holds.values()].map((hold) => hold.item));
    const stock = [...items].map((name) => {
      const { held, sold } = ledger.taken(name);
      const total = control.stockOf(name);
      return [name, { total, held, sold, available: total - held - sold }];
    });
    return c.json(Object.fromEntries(stock));
  });
}
