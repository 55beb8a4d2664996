import { setTimeout as pause } from 'node:timers/promises';
import type { Cart } from '../../src/domain/cart.ts';
import { loadApiConfig } from '../../src/config.ts';
import { cartWorkflowId, cartWorkflowType, type CartWorkflowInput } from '../../workflows/cart.messages.ts';
import type { BenchStack } from './bench-stack.ts';
import { drive } from './load.ts';

const batchSize = 500;
const listedWithinMs = 2_000;
/** Start, the task's three, search attributes and timer. */
const eventsOfFirstTask = 6;

export interface OpenCartsOptions {
  stack: BenchStack;
  concurrency: number;
  say?: (line: string) => void;
}

/**
 * Opens carts as continue-as-new hands one over to its next run: a workflow with the state of a cart that was made
 * through the API (one line, reserved), its timer, and its rows. One workflow task each instead of an add.
 */
export async function createOpener({ stack, concurrency, say = () => {} }: OpenCartsOptions) {
  const { cart: settings, temporal } = loadApiConfig(stack.env);
  const model = await modelCart(stack);

  async function open(cartId: string, expiresAt: number) {
    const text = JSON.stringify(model.cart).replaceAll(model.cartId, cartId);
    const cart = { ...(JSON.parse(text) as Cart), expiresAt };
    const { version: unchangedSince } = cart;
    const log = {
      ...{ cart, recentOperations: [{ operationId: crypto.randomUUID(), at: cart.updatedAt }] },
      ...{ unsaved: { events: [], outcomes: [] }, deferred: [], unchangedSince },
    };
    const input: CartWorkflowInput = {
      cartId,
      settings,
      carried: { log, inbox: [], fence: model.fence + 1 },
    };
    await stack.client.workflow.start(cartWorkflowType, {
      workflowId: cartWorkflowId(cartId),
      taskQueue: temporal.taskQueue,
      args: [input],
      staticSummary: `Cart ${cartId}`,
    });
  }

  /** Carts of these ids, idle until then. */
  async function openAll(cartIds: readonly string[], expiresAt = Date.now() + settings.ttlMs): Promise<void> {
    for (let start = 0; start < cartIds.length; start += batchSize) {
      const batch = cartIds.slice(start, start + batchSize);
      await copyRows(stack, { model, cartIds: batch, expiresAt });
      await drive(batch.length, concurrency, (i) => open(batch[i]!, expiresAt));
      await idle(stack, batch);
      say(`${start + batch.length} of ${cartIds.length} carts opened`);
    }
  }

  return {
    openAll,
    /** As many as are missing; returns how many that were. */
    async openUpTo(total: number): Promise<number> {
      const missing = Math.max(total - (await countOpenCarts(stack)), 0);
      await openAll(Array.from({ length: missing }, newCartId));
      return missing;
    },
  };
}

export const newCartId = (): string => crypto.randomUUID().replaceAll('-', '');

/** Temporal lists what is open with some delay. */
export async function countOpenCarts({ client }: BenchStack): Promise<number> {
  await pause(listedWithinMs);
  const { count } = await client.workflow.count(
    `WorkflowType = '${cartWorkflowType}' AND ExecutionStatus = 'Running'`,
  );
  return count;
}

/** Until the first task of the last ones is done: it is then an open cart, and not one that is being opened. */
async function idle({ client }: BenchStack, cartIds: readonly string[]): Promise<void> {
  for (const cartId of cartIds.slice(-16)) {
    const handle = client.workflow.getHandle(cartWorkflowId(cartId));
    while ((await handle.describe()).historyLength < eventsOfFirstTask) await pause(50);
  }
}

interface ModelCart {
  cartId: string;
  cart: Cart;
  fence: number;
}

interface Copies {
  model: ModelCart;
  cartIds: readonly string[];
  expiresAt: number;
}

/** What the read model has of the model cart, for each of the others; their operations are not needed. */
async function copyRows({ sql }: BenchStack, { model, cartIds, expiresAt }: Copies): Promise<void> {
  const expiry = { expires_at: new Date(expiresAt).toISOString() };
  for (const table of ['carts', 'cart_items', 'cart_events']) {
    await sql`
      insert into ${sql(table)} select copy.* from ${sql(table)} as model,
        unnest(${cartIds as string[]}::text[]) as id,
        jsonb_populate_record(null::${sql(table)}, replace(replace(to_jsonb(model)::text,
          ${model.cartId}, id), ${String(model.cart.expiresAt)}, ${String(expiresAt)})::jsonb || ${sql.json(expiry)}) as copy
      where model.cart_id = ${model.cartId}`;
  }
}

async function modelCart({ shop, sql, settle }: BenchStack): Promise<ModelCart> {
  const { path, cartId } = await shop.newSession();
  await shop.addItem(path, 'apple');
  await settle();
  const [row] = await sql<{ state: Cart; fence: string }[]>`
    select state, fence from carts where cart_id = ${cartId}`;
  return { cartId, cart: row!.state, fence: Number(row!.fence) };
}
