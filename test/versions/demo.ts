import { Client, Connection } from '@temporalio/client';
import { wakeSignal } from '../../workflows/cart.messages.ts';
import { createPaymentStubClient } from '../support/payment-stub-client.ts';
import { startBuiltStack } from '../support/built-stack.ts';
import { openCarts, type OpenCart, type Place } from '../support/carts-across-versions.ts';
import { buildChanged } from '../support/changed-build.ts';
import { createShopper, until } from '../support/shopper.ts';
import { buildOf, createWorkerDeployment } from '../support/worker-deployment.ts';

/**
 * A deploy while carts are open: `npm run versions:demo`, or with the number of carts of each kind behind it. On a
 * stack of its own; ends with an error when a cart does not end as it should.
 */
const each = Number(process.argv[2] ?? 2);
const deploymentName = 'carts';
const patienceMs = 60_000;

const startedAt = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

say('building version 2: the same code, whose workflow makes one call more at each turn');
const changed = await buildChanged();
say('starting Postgres, Temporal, both stubs, the API and worker 1');
const stack = await startBuiltStack({
  reservationLatencyMs: 0,
  env: { WORKER_DEPLOYMENT_NAME: deploymentName, WORKER_BUILD_ID: '1' },
  // Minutes by default: how long Temporal waits before it looks whether a version is drained, and how often it does.
  dynamicConfig: {
    'matching.wv.VersionDrainageStatusVisibilityGracePeriod': 2,
    'matching.wv.VersionDrainageStatusRefreshInterval': 2,
  },
});
const temporal = new Client({ connection: await Connection.connect({ address: stack.temporalAddress }) });
const deployment = createWorkerDeployment(temporal, deploymentName);

const place: Place = {
  newShopper: () => createShopper(stack.api),
  control: (change) => fetch(`${stack.stub}/control`, { method: 'PUT', body: JSON.stringify(change) }),
  payments: createPaymentStubClient(stack.payments),
  temporal,
};

async function rowOf({ name, shopper }: OpenCart) {
  const { status, totals, items } = await shopper.cart();
  const reservations = [...new Set(items.map(({ reservation }) => reservation.status))].join(', ');
  const version = await buildOf(temporal, shopper.cartId);
  return { cart: name, version, status, units: totals.itemCount, reservations };
}

async function hasEnded(cart: OpenCart): Promise<boolean> {
  const { version, status, units } = await rowOf(cart);
  return version === '2' && status === cart.ends.status && units === cart.ends.units;
}

const countEnded = async (carts: readonly OpenCart[]) =>
  (await Promise.all(carts.map(hasEnded))).filter(Boolean).length;

const show = async (carts: readonly OpenCart[]) => console.table(await Promise.all(carts.map(rowOf)));

async function deploy(): Promise<boolean> {
  await deployment.setCurrent('1');
  await stack.run('worker 2', changed.workerScript, { WORKER_BUILD_ID: '2' });
  say('worker 2 runs beside worker 1, and version 1 is current; opening carts');
  const carts = await openCarts(place, each, 20_000);
  await deployment.setCurrent('2');
  say('version 2 is current; every cart is still with version 1:');
  await show(carts);
  say(`Temporal says of version 1: ${await deployment.drainage('1')}`);

  await place.control({ latencyMs: 0 });
  await Promise.all(carts.map(({ goOn, shopper }) => goOn(place, shopper)));
  say('each cart was used, paid or woken');
  const left = await deployment.openOn('1');
  say(`waking ${left.length} that came to rest before version 2 was there`);
  for (const workflowId of left) await temporal.workflow.getHandle(workflowId).signal(wakeSignal);
  await until(
    () => deployment.openOn('1'),
    ({ length }) => length === 0,
    patienceMs,
  );
  say('no run is open on version 1 any more');
  await until(
    () => deployment.drainage('1'),
    (status) => status === 'DRAINED',
    patienceMs,
  );
  say('Temporal says of version 1: DRAINED');
  await stack.worker.stop();
  say('worker 1 has ended; new carts and the old ones go on:');
  const later = await openCarts(place, 1, 1_000);
  carts.push(...later);
  await place.control({ latencyMs: 0 });
  await Promise.all(later.map(({ goOn, shopper }) => goOn(place, shopper)));
  await until(
    () => countEnded(carts),
    (ended) => ended === carts.length,
    patienceMs,
  );
  await show(carts);
  return await isAllWell(carts);
}

async function isAllWell(carts: readonly OpenCart[]): Promise<boolean> {
  const count = (query: string) => temporal.workflow.count(query).then((answer) => answer.count);
  const right = await countEnded(carts);
  const failed = await count('ExecutionStatus in ("Failed", "TimedOut", "Terminated")');
  const stuck = await count('TemporalReportedProblems is not null');
  const [old, young] = await Promise.all(['1', '2'].map(deployment.runsOf));
  const handedOver = old!.filter(({ status }) => status.name === 'CONTINUED_AS_NEW').length;
  say(`${right} of ${carts.length} carts ended as they should, on version 2`);
  say(
    `runs of version 1: ${old!.length}, of which ${handedOver} were handed over; of version 2: ${young!.length}`,
  );
  say(`workflows that failed: ${failed}; that report a problem: ${stuck}`);
  return right === carts.length && failed === 0 && stuck === 0;
}

try {
  if (!(await deploy())) process.exitCode = 1;
} finally {
  await temporal.connection.close();
  await stack.stop();
  await changed.remove();
}
