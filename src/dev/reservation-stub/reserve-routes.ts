import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, invalid, problem, type StubEnv } from '../stub/answers.ts';
import { reasonOf, refuse } from './answers.ts';
import type { ReservationCalls } from './calls.ts';
import type { ControlPanel } from './control.ts';
import type { Ledger } from './ledger.ts';
import { adjust, reserve } from './verdicts.ts';

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
  }: { ledger: Ledger; control: ControlPanel; calls: ReservationCalls },
): void {
  const timesOf = (at: string) => ({ at, expiresAt: control.expiryOf(at) });

  app.post('/reserve', async (c) => {
    const body = reserveBody.safeParse(await bodyOf(c));
    const idempotencyKey = key.safeParse(c.req.header('idempotency-key'));
    if (!body.success) return invalid(c, body.error);
    if (!idempotencyKey.success) return problem(c, 400, 'Idempotency-Key must have 1 to 255 characters.');
    return await serve(c, { name: 'reserve', latencyMs: control.current.latencyMs }, () => {
      const request = { key: idempotencyKey.data, ...body.data };
      const stock = control.stockOf(request.item);
      const answer = settle((at) => reserve(ledger, { ...request, ...timesOf(at) }, stock));
      return answer.status === 'reserved'
        ? c.json({ reservation_id: answer.reservationId, expires_at: answer.expiresAt }, 201)
        : refuse(c, answer);
    });
  });

  app.post('/reserve/batch', async (c) => {
    const body = batchBody.safeParse(await bodyOf(c));
    if (!body.success) return invalid(c, body.error);
    return await serve(c, { name: 'batch', latencyMs: control.current.latencyMs }, () => {
      const results = body.data.entries.map((entry) => {
        const stock = control.stockOf(entry.item);
        const answer = settle((at) => reserve(ledger, { ...entry, ...timesOf(at) }, stock));
        if (answer.status !== 'reserved')
          return { key: entry.key, status: 'unavailable', reason: reasonOf(answer) };
        const { status, reservationId, expiresAt } = answer;
        return { key: entry.key, status, reservation_id: reservationId, expires_at: expiresAt };
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
      const request = { key: idempotencyKey.data, reservationId: c.req.param('id'), ...body.data };
      const answer = settle((at) => adjust(ledger, { ...request, ...timesOf(at) }, control.stockOf));
      if (answer.status !== 'reserved') return refuse(c, answer);
      const { reservationId, quantity: units, expiresAt } = answer;
      return c.json({ reservation_id: reservationId, quantity: units, expires_at: expiresAt });
    });
  });
}
