import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, invalid, problem, reasonOf, refuse, type StubEnv } from './answers.ts';
import type { ControlPanel } from './control.ts';
import { adjust, reserve, type Ledger } from './ledger.ts';
import { now, type ServiceCalls } from './service-call.ts';

const quantity = z.int().min(1).max(99_999);
const item = z.string().min(1).max(200);
export const key = z.string().min(1).max(255);
const reserveBody = z.object({ item, quantity });
const batchBody = z.object({ entries: z.array(reserveBody.extend({ key })).min(1).max(100) });
const adjustBody = z.object({ quantity });

/** The slow calls: what they hold, they hold at the end of the latency. */
export function registerReserveRoutes(
  app: Hono<StubEnv>,
  {
    ledger,
    control,
    calls: { serve, settle },
  }: { ledger: Ledger; control: ControlPanel; calls: ServiceCalls },
): void {
  app.post('/reserve', async (c) => {
    const body = reserveBody.safeParse(await bodyOf(c));
    const idempotencyKey = key.safeParse(c.req.header('idempotency-key'));
    if (!body.success) return invalid(c, body.error);
    if (!idempotencyKey.success) return problem(c, 400, 'Idempotency-Key must have 1 to 255 characters.');
    return await serve(c, { name: 'reserve', latencyMs: control.current.latencyMs }, () => {
      const request = { key: idempotencyKey.data, at: now(), ...body.data };
      const answer = settle(reserve(ledger, request, control.stockOf(request.item)));
      return answer.status === 'reserved'
        ? c.json({ reservation_id: answer.reservationId }, 201)
        : refuse(c, answer);
    });
  });

  app.post('/reserve/batch', async (c) => {
    const body = batchBody.safeParse(await bodyOf(c));
    if (!body.success) return invalid(c, body.error);
    return await serve(c, { name: 'batch', latencyMs: control.current.latencyMs }, () => {
      const results = body.data.entries.map((entry) => {
        const answer = settle(reserve(ledger, { ...entry, at: now() }, control.stockOf(entry.item)));
        return answer.status === 'reserved'
          ? { key: entry.key, status: answer.status, reservation_id: answer.reservationId }
          : { key: entry.key, status: 'unavailable', reason: reasonOf(answer) };
      });
      return c.json({ results });
    });
  });

  app.put('/reservations/:id', async (c) => {
    const body = adjustBody.safeParse(await bodyOf(c));
    const idempotencyKey = key.safeParse(c.req.header('idempotency-key'));
    if (!body.success) return invalid(c, body.error);
    if (!idempotencyKey.success) return problem(c, 400, 'Idempotency-Key must have 1 to 255 characters.');
    return await serve(c, { name: 'adjust', latencyMs: control.current.latencyMs }, () => {
      const request = { key: idempotencyKey.data, reservationId: c.req.param('id'), at: now(), ...body.data };
      const answer = settle(adjust(ledger, request, (name) => control.stockOf(name)));
      return answer.status === 'reserved'
        ? c.json({ reservation_id: answer.reservationId, quantity: answer.quantity })
        : refuse(c, answer);
    });
  });
}
