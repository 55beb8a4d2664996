import { testWebhookSecret } from '../support/payment-stub-client.ts';
import { startBuiltStack } from '../support/built-stack.ts';
import { tokenOf, userSettings } from '../support/tokens.ts';
import { findSchemathesis, runSchemathesis } from './schemathesis.ts';

const adminToken = 'a-token-that-only-this-run-knows-about';

/** `make fuzz`: the full run, against a stack of its own. Options go on to `schemathesis run`. */
const program = await findSchemathesis(console.log);
console.log('Starting a stack …');
const stack = await startBuiltStack({
  reservationLatencyMs: 50,
  env: {
    ADMIN_TOKEN: adminToken,
    ...userSettings,
    // Every order is paid: carts come to their end, and to their next life.
    PAYMENT_AUTO: 'succeed',
    COMMAND_WAIT: '20s',
    COMMAND_WAIT_MAX: '30s',
  },
});
try {
  const { code } = await runSchemathesis(program, {
    url: stack.api,
    adminToken,
    userToken: await tokenOf({ expiresIn: 86_400 }),
    webhookSecret: testWebhookSecret,
    examples: { fuzzing: 300, stateful: 500 },
    options: process.argv.slice(2),
    onLine: console.log,
  });
  process.exitCode = code ?? 1;
} finally {
  await stack.stop();
}
