import { z } from 'zod';
import { count, faultControls, noFaults, type ControlPanel as Panel } from '../stub/control-panel.ts';

const latency = z.int().min(0).max(3_600_000);

/** What the stub can be told to be: slow, faulty, a shopper too, and a sender of late or repeated webhooks. */
export const controlSchema = z.strictObject({
  latencyMs: latency,
  /** What becomes of a payment by itself, as if a shopper had decided, so long after its request. */
  auto: z.enum(['off', 'succeed', 'fail']),
  autoDelayMs: latency,
  webhookUrl: z.url({ protocol: /^https?$/ }),
  /** `hold` keeps webhooks back until it is `on` again. */
  webhooks: z.enum(['on', 'hold']),
  /** How many times more than once each webhook is sent. */
  duplicateWebhooks: count.max(100),
  ...faultControls,
});

export type Control = z.infer<typeof controlSchema>;
export const controlChange = controlSchema.partial();
export type ControlChange = z.infer<typeof controlChange>;
export type ControlPanel = Panel<Control>;

export const defaultControl: Control = {
  latencyMs: 0,
  auto: 'off',
  autoDelayMs: 0,
  webhookUrl: 'http://127.0.0.1:3000/api/v1/webhooks/payments',
  webhooks: 'on',
  duplicateWebhooks: 0,
  ...noFaults,
};
