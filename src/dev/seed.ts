import { loadDevConfig, processEnvironment, type DevConfig } from '../config.ts';
import { closeDatabase, createDatabase } from '../platform/database.ts';
import { runMain } from '../platform/main.ts';
import { createLogin } from './login.ts';
import { isStillRunning, readRunState } from './run-state.ts';
import { upsertCatalogue } from './seed/catalogue.ts';
import { makeDemoCarts, type DemoCart } from './seed/demo-carts.ts';

/** Addresses of the stack that runs on the data folder, or the one line that says why there is nothing to seed. */
async function findStack({ dataDir }: DevConfig): Promise<Readonly<Record<string, string>> | string> {
  const state = readRunState(dataDir);
  if (state === undefined || !(await isStillRunning(state.supervisor))) {
    return `No stack runs on ${dataDir}: start one with \`make run\` in another terminal first.`;
  }
  if (state.urls['api'] === undefined) return `The stack on ${dataDir} is not ready yet: try again shortly.`;
  // Another database may be somebody's shop, and another service would hold real stock or ask for real money.
  const embedded = (name: string) => state.parts.some((part) => part.name === name);
  if (!['postgres', 'reservations', 'payments'].every(embedded)) {
    return 'Demo data is for the embedded Postgres and the stubs: run without DATABASE_URL, RESERVATION_URL and PAYMENT_URL.';
  }
  return state.urls;
}

function describe({ special, status, cartId, owner }: DemoCart, apiUrl: string): string {
  const [key, curl] =
    'session' in owner
      ? [`session   ${owner.session}`, `curl -s ${apiUrl}/api/v1/carts/${owner.session}`]
      : [
          `token     ${owner.token}`,
          `curl -s ${apiUrl}/api/v1/carts/me -H 'Authorization: Bearer ${owner.token}'`,
        ];
  return [
    `  ${special}`,
    `    status    ${status}`,
    `    cart      ${cartId}`,
    `    ${key}`,
    `    ${curl}`,
    '',
  ].join('\n');
}

/** `make seed`: a catalogue, and carts in every status that exists, on the stack that runs. */
await runMain(async () => {
  const config = loadDevConfig(processEnvironment());
  const urls = await findStack(config);
  if (typeof urls === 'string') {
    console.error(urls);
    process.exitCode = 1;
    return;
  }
  const { api = '', databaseUrl = '', temporalAddress = '', reservationUrl = '', paymentUrl = '' } = urls;
  const database = createDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'durable-cart seed' });
  const products = await upsertCatalogue(database);
  await closeDatabase(database);
  console.log(`\n  ${products} products are in the catalogue. Demo carts:\n`);

  const temporal = {
    connection: config.external.temporal?.connection ?? { address: temporalAddress },
    namespace: config.external.temporal?.namespace ?? config.childEnv['TEMPORAL_NAMESPACE'] ?? 'default',
  };
  const options = {
    apiUrl: api,
    stubUrl: reservationUrl,
    paymentUrl,
    temporal,
    tokenFor: createLogin(config),
  };
  for await (const cart of makeDemoCarts(options)) {
    console.log(describe(cart, api));
  }
});
