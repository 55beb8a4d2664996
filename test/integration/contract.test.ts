import { afterAll, beforeAll, expect, it } from 'vitest';
import { findSchemathesis, runSchemathesis } from '../contract/schemathesis.ts';
import { testWebhookSecret } from '../support/payment-stub-client.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { tokenOf, userSettings } from '../support/tokens.ts';

const adminToken = 'a-token-that-only-this-test-knows-about';

let program: string;
let shop: Shop;

beforeAll(async () => {
  program = await findSchemathesis(console.log);
  shop = await openShop({ env: { ADMIN_TOKEN: adminToken, ...userSettings } });
  await shop.payments.control({ auto: 'succeed' });
}, 400_000);

afterAll(async () => {
  await shop.close();
}, 300_000);

// `make fuzz` asks far more of it.
it('answers what its OpenAPI document says, to valid and invalid requests and along its links', async () => {
  const { code, lines } = await runSchemathesis(program, {
    url: shop.url,
    adminToken,
    userToken: await tokenOf({ expiresIn: 3_600 }),
    webhookSecret: testWebhookSecret,
    examples: { fuzzing: 3, stateful: 15 },
  });
  const report = lines.join('\n');
  expect(code, report).toBe(0);
  const { paths } = (await (await fetch(`${shop.url}/openapi.json`)).json()) as { paths: object };
  const operations = Object.values(paths).flatMap((item) => Object.keys(item as object)).length;
  // All but the live streams, which do not end.
  expect(report).toMatch(new RegExp(`Operations: +${operations - 2} selected / ${operations} total`));
  expect(report).toMatch(/✅ {2}Examples[\s\S]*✅ {2}Coverage[\s\S]*✅ {2}Fuzzing[\s\S]*✅ {2}Stateful/);
  const [, linksCovered] = /API Links: +(\d+) covered/.exec(report) ?? [];
  expect(Number(linksCovered), report).toBeGreaterThan(0);
}, 600_000);
