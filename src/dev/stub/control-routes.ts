import type { Hono } from 'hono';
import type { z } from 'zod';
import { bodyOf, invalid, type StubEnv } from './answers.ts';

/** How tests and people steer a stub while it runs. */
export function registerControlRoutes<Change>(
  app: Hono<StubEnv>,
  {
    control,
    schema,
  }: { control: { readonly current: object; change(change: Change): void }; schema: z.ZodType<Change> },
): void {
  app.get('/control', (c) => c.json(control.current));
  app.put('/control', async (c) => {
    const change = schema.safeParse(await bodyOf(c));
    if (!change.success) return invalid(c, change.error);
    control.change(change.data);
    return c.json(control.current);
  });
}
