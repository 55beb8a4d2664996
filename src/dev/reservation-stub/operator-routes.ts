import type { Hono } from 'hono';
import type { StubEnv } from '../stub/answers.ts';
import { now } from '../stub/service-call.ts';
import type { ReservationCalls } from './calls.ts';
import type { ControlPanel } from './control.ts';
import type { Ledger } from './ledger.ts';

/** How tests and people look into the stub's books. */
export function registerOperatorRoutes(
  app: Hono<StubEnv>,
  { ledger, control, calls }: { ledger: Ledger; control: ControlPanel; calls: ReservationCalls['counts'] },
): void {
  app.get('/ledger', (c) => {
    const { key: wantedKey, item: wantedItem, prefix } = c.req.query();
    ledger.passTime(now());
    const holds = [...ledger.holds.values()].filter(
      (hold) =>
        (wantedKey === undefined || hold.key === wantedKey) &&
        (wantedItem === undefined || hold.item === wantedItem) &&
        (prefix === undefined || hold.key.startsWith(prefix)),
    );
    return c.json({ holds, calls });
  });

  app.get('/stock', (c) => {
    ledger.passTime(now());
    const items = new Set([...ledger.holds.values()].map((hold) => hold.item));
    const stock = [...items].map((name) => {
      const { held, sold } = ledger.taken(name);
      const total = control.stockOf(name);
      return [name, { total, held, sold, available: total - held - sold }];
    });
    return c.json(Object.fromEntries(stock));
  });
}
