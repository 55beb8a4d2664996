import { setTimeout as sleep } from 'node:timers/promises';
import {
  createCartClient,
  createSession,
  type Cart,
  type CartClient,
  type Order,
} from '../../src/client/index.ts';
import { tokenOf } from '../../test/support/tokens.ts';
import type { Dice } from '../dice.ts';
import type { Journal, JournalCart } from '../journal.ts';
import { persist, type Ask, type Patience } from './ask.ts';
import { names } from './goods.ts';
import { pay, type PaymentWish } from './pay.ts';

export interface ShopperOptions {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  paymentsUrl: string;
  dice: Dice;
  journal: Journal;
  ask: Ask;
  patience: Patience;
  /** True when no more commands are wanted. */
  isOver: () => boolean;
}

/** A cart that somebody has in hand. */
interface Hand {
  client: CartClient;
  cart: JournalCart;
}

/** Longer than an idle cart lives. */
const awayMs = 25_000;
const decideWithinMs = 20_000;

const whatGuestsDo = { add: 46, change: 18, remove: 10, clear: 2, checkout: 16, leave: 8 };
const whatUsersDo = { add: 44, change: 16, remove: 9, clear: 2, checkout: 15, leave: 2, claim: 12 };

/** Shops until it is over: guests with a session after the other, a user, on each device, with the one cart that they have. */
export async function shop(options: ShopperOptions, user?: { subject: string }): Promise<void> {
  const hand = () => (user ? takeUsersCart(options, user.subject) : takeGuestsCart(options));
  let own = await hand();
  while (own && !options.isOver()) {
    const { dice } = options;
    // Drawn in any case: what the cart has in it moves no later choice.
    const what = dice.choose(user ? whatUsersDo : { ...whatGuestsDo, claim: 0 });
    const draw = { name: dice.oneOf(names), quantity: dice.between(1, 5), line: dice.between(0, 99) };
    const wish = dice.choose<PaymentWish>({ succeed: 65, fail: 12, cancel: 8, forget: 15 });
    const pauseMs = dice.between(50, 900);
    if (what === 'leave') own = await leave(options, own, user ? undefined : hand);
    else if (what === 'claim') await claim(options, own, draw);
    else await act(options, own, { what, ...draw, wish });
    await sleep(pauseMs);
  }
}

async function takeGuestsCart({
  baseUrl,
  fetch,
  journal,
  patience,
}: ShopperOptions): Promise<Hand | undefined> {
  const session = await persist(patience, () => createSession({ baseUrl, fetch }));
  if (!session) return undefined;
  const { sessionId, cart } = session;
  const written = { cartId: cart.cartId, owner: { session: sessionId }, leftAlone: false };
  journal.carts.push(written);
  return { cart: written, client: createCartClient({ baseUrl, fetch, decideWithinMs, session: sessionId }) };
}

async function takeUsersCart(options: ShopperOptions, subject: string): Promise<Hand | undefined> {
  const { baseUrl, fetch, journal, patience } = options;
  const token = await tokenOf({ subject, expiresIn: 86_400 });
  const client = createCartClient({ baseUrl, fetch, decideWithinMs, token });
  const cart = await persist(patience, client.cart);
  if (!cart) return undefined;
  // The user's other device may have listed it.
  const listed = journal.carts.find(({ cartId }) => cartId === cart.cartId);
  if (listed) return { cart: listed, client };
  const written = { cartId: cart.cartId, owner: { token }, leftAlone: false };
  journal.carts.push(written);
  return { cart: written, client };
}

/** A guest never comes back; a user does, when the cart has expired. */
async function leave(options: ShopperOptions, own: Hand, next?: () => Promise<Hand | undefined>) {
  if (next) {
    own.cart.leftAlone = true;
    return await next();
  }
  for (const until = Date.now() + awayMs; Date.now() < until && !options.isOver();) await sleep(500);
  return own;
}

interface Draw {
  name: string;
  quantity: number;
  line: number;
}

type Act = Draw & { what: 'add' | 'change' | 'remove' | 'clear' | 'checkout'; wish: PaymentWish };

async function act(options: ShopperOptions, { client, cart }: Hand, choice: Act): Promise<void> {
  const { ask, patience } = options;
  const { cartId } = cart;
  const { what, name, quantity } = choice;
  if (what === 'add') {
    await ask({ cartId, type: 'addItem', name, quantity }, (how) => client.addItem({ name, quantity }, how));
    return;
  }
  if (what === 'clear') return void (await ask({ cartId, type: 'clearItems' }, client.clearItems));
  if (what === 'checkout') return await checkout(options, { client, cart }, choice.wish);
  const line = lineOf(await persist(patience, client.cart), choice.line);
  if (!line) return;
  const { itemId } = line;
  if (what === 'change') {
    const command = { cartId, type: 'changeQuantity' as const, name: line.name, quantity };
    await ask(command, (how) => client.changeQuantity(itemId, { quantity }, how));
    return;
  }
  await ask({ cartId, type: 'removeItem', name: line.name }, (how) => client.removeItem(itemId, how));
}

const lineOf = (cart: Cart | undefined, draw: number) => cart?.items[draw % cart.items.length];

async function checkout(options: ShopperOptions, { client, cart }: Hand, wish: PaymentWish): Promise<void> {
  const { ask } = options;
  const { cartId } = cart;
  const orderIdOf = ({ orderId }: Order) => ({ orderId });
  const { answer } = await ask({ cartId, type: 'checkout' }, (how) => client.checkout({}, how), orderIdOf);
  if (!answer) return;
  if (wish === 'cancel') return void (await ask({ cartId, type: 'cancelCheckout' }, client.cancelCheckout));
  await pay(options, { client, order: answer, wish });
}

/** Fills a guest's cart, then takes it over as the user. */
async function claim(options: ShopperOptions, own: Hand, { name, quantity }: Draw): Promise<void> {
  const { ask } = options;
  const guest = await takeGuestsCart(options);
  if (!guest || !('session' in guest.cart.owner)) return;
  const { cartId, owner } = guest.cart;
  await ask({ cartId, type: 'addItem', name, quantity }, (how) =>
    guest.client.addItem({ name, quantity }, how),
  );
  const command = { cartId, type: 'claim' as const, toCartId: own.cart.cartId };
  await ask(command, (how) => own.client.claim(owner.session, how));
  guest.cart.leftAlone = true;
}
