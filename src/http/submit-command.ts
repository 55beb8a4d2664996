import { randomUUID } from 'node:crypto';
import type { Cart } from '../domain/cart.ts';
import { unpricedNames, withPrices, type CommandEnvelope, type ShopperCommand } from '../domain/commands.ts';
import type { Rejection } from '../domain/rejections.ts';
import { CommandNotStoredError, type CartCommands } from '../gateway/cart-commands.ts';
import { withDeadline } from '../platform/deadline.ts';
import { digest } from './digest.ts';
import type { CartFeed } from '../read-model/cart-feed.ts';
import type { CartViews, RecordedOperation } from '../read-model/cart-views.ts';
import type { Catalog } from '../../activities/ports.ts';

export interface Submission {
  cartId: string;
  /** Where the client is, as far as it is counted. */
  address: string;
  command: ShopperCommand;
  /** What the client sent, for telling a repeated request from another one with the same key. */
  payload: unknown;
  idempotencyKey: string | undefined;
  waitMs: number;
}

export type SubmissionResult =
  | { status: 'applied'; operationId: string; cart: Cart | undefined; orderId?: string }
  | { status: 'rejected'; rejection: Rejection }
  | { status: 'pending'; operationId: string }
  | { status: 'key_reused' };

export interface SubmitDeps {
  commands: CartCommands;
  views: CartViews;
  feed: Pick<CartFeed, 'connected' | 'watch'>;
  catalog: Catalog;
}

/** Postgres gets this long before a command goes on without its answer: a command never needs Postgres. */
const databaseDeadlineMs = 500;
/** How often a request looks for itself; the notice normally comes first. */
const pollMs = { feedConnected: 500, feedLost: 50 };

/** The command may or may not have arrived: repeating it under this key is safe in both cases. */
export class NotAcceptedError extends Error {
  override name = 'NotAcceptedError';
  readonly idempotencyKey: string;

  constructor(idempotencyKey: string, cause: unknown) {
    super('The command was not accepted', { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** The one write path: store the command with Temporal, then wait a while for the read model to tell its outcome. */
export function createSubmitCommand({ commands, views, feed, catalog }: SubmitDeps) {
  return async function submit(submission: Submission): Promise<SubmissionResult> {
    const { cartId, payload, waitMs } = submission;
    const idempotencyKey = submission.idempotencyKey ?? randomUUID();
    const operationId = operationIdOf(cartId, idempotencyKey);
    const fingerprint = digest(JSON.stringify([submission.command.type, payload]));

    if (submission.idempotencyKey !== undefined) {
      const earlier = await orUndefined(views.findOperation(cartId, operationId));
      if (earlier) return toResult(earlier, fingerprint);
    }
    const command = await price(submission.command);
    const refused = refusedByCatalogue(command);
    if (refused) return { status: 'rejected', rejection: refused };

    const envelope: CommandEnvelope = { operationId, fingerprint, command };
    const outcome = await sendAndWait(cartId, envelope, waitMs).catch((error: unknown) => {
      throw error instanceof CommandNotStoredError ? new NotAcceptedError(idempotencyKey, error) : error;
    });
    return outcome ? toResult(outcome, fingerprint) : { status: 'pending', operationId };
  };

  async function price(command: ShopperCommand): Promise<ShopperCommand> {
    const names = unpricedNames(command);
    if (names.length === 0) return command;
    const prices = await orUndefined(catalog.prices(names));
    return prices ? withPrices(command, prices) : command;
  }

  async function sendAndWait(
    cartId: string,
    envelope: CommandEnvelope,
    waitMs: number,
  ): Promise<RecordedOperation | undefined> {
    if (waitMs === 0) {
      await commands.send(cartId, envelope);
      return undefined;
    }
    // Watch before sending: the outcome may be there before the send returns.
    let notify = () => {};
    const stopWatching = feed.watch(envelope.operationId, () => notify());
    let notified = new Promise<void>((resolve) => (notify = resolve));
    try {
      await commands.send(cartId, envelope);
      const giveUpAt = performance.now() + waitMs;
      for (;;) {
        const remainingMs = giveUpAt - performance.now();
        if (remainingMs <= 0) return undefined;
        const lookAfterMs = feed.connected ? pollMs.feedConnected : pollMs.feedLost;
        await raceTimer(notified, Math.min(lookAfterMs, remainingMs));
        notified = new Promise((resolve) => (notify = resolve));
        const outcome = await orUndefined(views.findOperation(cartId, envelope.operationId));
        if (outcome) return outcome;
      }
    } finally {
      stopWatching();
    }
  }
}

export type SubmitCommand = ReturnType<typeof createSubmitCommand>;

function toResult(
  { operationId, fingerprint, result, cart }: RecordedOperation,
  ours: string,
): SubmissionResult {
  if (fingerprint !== ours) return { status: 'key_reused' };
  return result.status === 'applied'
    ? {
        status: 'applied',
        operationId,
        cart,
        ...(result.orderId === undefined ? {} : { orderId: result.orderId }),
      }
    : { status: 'rejected', rejection: result.rejection };
}

function refusedByCatalogue(command: ShopperCommand): Rejection | undefined {
  if (command.type !== 'addItem') return undefined;
  const names = command.items.filter(({ price }) => price.status === 'unknown').map(({ name }) => name);
  return names.length === 0 ? undefined : { code: 'unknown_product', names };
}

/** Postgres away is no reason to refuse a command: its answer is an extra here. */
async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await withDeadline(answer, databaseDeadlineMs, 'Postgres');
  } catch {
    return undefined;
  }
}

async function raceTimer(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

/** The same key on another cart is another operation. */
const operationIdOf = (cartId: string, key: string): string => digest(`${cartId}\n${key}`);
