import { expect, it } from 'vitest';
import { openShop } from '../support/shop.ts';
import { allReserved, until, type Shopper } from '../support/shopper.ts';

const carts = 4;
const queriesWanted = 40;
const addsAtMost = 200;

/**
 * The SDK may tell a workflow of a local activity's end later when a query came in between: a replay would not.
 * `close` replays what the carts went through, and fails when one took another course.
 */
it('an operator who keeps asking carts for their state does not keep another worker from taking them over', async () => {
  const shop = await openShop();
  const shoppers = await Promise.all(Array.from({ length: carts }, () => shop.newShopper()));
  const operator = { answers: 0, asking: true };

  async function shopFor(shopper: Shopper) {
    for (let adds = 0; adds < 14 || (operator.answers < queriesWanted && adds < addsAtMost); adds += 1) {
      const prefer = adds % 3 === 0 ? 'wait=20' : 'respond-async';
      await shopper.add(`item ${adds % 7}`, 1, { prefer });
    }
    await until(shopper.cart, (cart) => cart.items.length === 7 && allReserved(cart), 60_000);
  }

  async function ask({ cartId }: Shopper) {
    while (operator.asking) {
      const query = shop.temporal.workflow.getHandle(`cart-${cartId}`).query('getCart');
      await query.then(
        () => (operator.answers += 1),
        () => {},
      );
    }
  }

  const asking = Promise.all(shoppers.map(ask));
  await Promise.all(shoppers.map(shopFor)).finally(() => (operator.asking = false));
  await asking;
  await shop.close();
  expect(operator.answers).toBeGreaterThanOrEqual(queriesWanted);
}, 240_000);
