import { expect, it } from 'vitest';
import { openShop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';

const adds = 40;

/**
 * The SDK may tell a workflow of a local activity's end later when a query came in between: a replay would not.
 * `close` replays what the carts went through, and fails when one took another course.
 */
it('an operator who keeps asking carts for their state does not keep another worker from taking them over', async () => {
  const shop = await openShop();
  const shoppers = await Promise.all(Array.from({ length: 4 }, () => shop.newShopper()));
  const shopping = Promise.all(
    shoppers.map(async (shopper) => {
      for (let index = 0; index < adds; index += 1) {
        const prefer = index % 3 === 0 ? 'wait=20' : 'respond-async';
        await shopper.add(`item ${index % 7}`, 1, { prefer });
      }
      await until(shopper.cart, (cart) => cart.items.length === 7 && allReserved(cart), 60_000);
    }),
  );
  const state = { asking: true };
  const ask = async ({ cartId }: Shopper): Promise<number> => {
    let answers = 0;
    while (state.asking) {
      const query = shop.temporal.workflow.getHandle(`cart-${cartId}`).query('getCart');
      answers += await query.then(
        () => 1,
        () => 0,
      );
    }
    return answers;
  };
  const asking = Promise.all(shoppers.map(ask));
  await shopping.finally(() => (state.asking = false));
  expect(Math.min(...(await asking))).toBeGreaterThan(5);
  await shop.close();
}, 180_000);
