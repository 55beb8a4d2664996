import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadApiConfig } from '../../src/config.ts';
import { createCartCommands } from '../../src/gateway/cart-commands.ts';
import type { CartWorkflowInput } from '../../workflows/cart.messages.ts';
import { addItem, envelope, item } from '../support/cart-scenario.ts';
import { until } from '../support/shopper.ts';
import { openShop, type Shop } from '../support/shop.ts';
import type { Shopper } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
});

afterAll(async () => {
  await shop.close();
});

const runOf = ({ cartId }: Shopper) => shop.temporal.workflow.getHandle(`cart-${cartId}`);

async function startOf(shopper: Shopper): Promise<Partial<CartWorkflowInput>> {
  const { events } = await runOf(shopper).fetchHistory();
  const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return JSON.parse(Buffer.from(input?.data ?? []).toString()) as Partial<CartWorkflowInput>;
}

async function abandon(shopper: Shopper) {
  await runOf(shopper).cancel();
  await runOf(shopper).result();
}

describe('the first run of a cart', () => {
  it('loads nothing, since there is nothing', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1);
    expect(await startOf(shopper)).toMatchObject({ fresh: true });
  });
});

describe('a cart that has lived before', () => {
  it('comes back with its lines', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await abandon(shopper);
    await shopper.add('pear', 1);
    expect(await startOf(shopper)).toMatchObject({ fresh: false });
    expect((await shopper.cart()).items.map(({ name }) => name)).toEqual(['apple', 'pear']);
  });

  it('comes back with its lines, also when it was not there yet at the time it was looked for', async () => {
    const shopper = await shop.newShopper();
    await shopper.add('apple', 2);
    await abandon(shopper);
    const commands = createCartCommands({
      client: shop.temporal,
      taskQueue: shop.settings.TEMPORAL_TASK_QUEUE,
      settings: loadApiConfig(shop.settings).cart,
      mayExist: async () => false,
      admit: async () => {},
    });
    await commands.send(shopper.cartId, envelope(addItem(item('pear', 1))));
    const cart = await until(shopper.cart, ({ items }) => items.length === 2);
    expect(cart.items.map(({ name }) => name)).toEqual(['apple', 'pear']);
  });
});
