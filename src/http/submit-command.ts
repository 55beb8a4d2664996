import { randomUUID } from 'node:crypto';
import type { Cart } from '../domain/cart.ts';
import { unpricedNames, withPrices, type CommandEnvelope, type ShopperCommand } from '../domain/commands.ts';
import { operationIdOf } from '../domain/operation-id.ts';
import type { IfMatch } from '../domain/precondition.ts';
import type { Rejection } from '../domain/rejections.ts';
import { CommandNotStoredError } from '../gateway/cart-inbox.ts';
import { digest } from './digest.ts';
import { orUndefined } from './or-undefined.ts';
import type { CartViews, RecordedOperation } from '../read-model/cart-views.ts';
import type { Catalog } from '../../activities/ports.ts';
import { createRequestsInFlight } from './requests-in-flight.ts';
import { createSendAndWait, type SendAndWaitDeps } from './send-and-wait.ts';

export interface Submission {
  cartId: string;
  /** Where the client is, as far as it is counted. */
  address: string;
  command: ShopperCommand;
  /** What the client sent, for telling a repeated request from another one with the same key. */
  payload: unknown;
  idempotencyKey: string | undefined;
  ifMatch?: IfMatch | undefined;
  waitMs: number;
}

/** `in_progress`: the same request is being answered. */
export type SubmissionResult =
  (Outcome & Replayed) | { status: 'pending'; operationId: string } | { status: 'in_progress' };

type Outcome =
  | { status: 'applied'; operationId: string; cart: Cart | undefined; orderId?: string }
  | { status: 'rejected'; rejection: Rejection };

/** Whether the outcome was on record when the request came. */
interface Replayed {
  replayed?: true;
}

export interface SubmitDeps extends SendAndWaitDeps {
  views: CartViews;
  catalog: Catalog;
}

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
export function createSubmitCommand({ catalog, ...deps }: SubmitDeps) {
  const inFlight = createRequestsInFlight();
  const { views } = deps;
  const sendAndWait = createSendAndWait(deps);

  return async function submit(submission: Submission): Promise<SubmissionResult> {
    const idempotencyKey = submission.idempotencyKey ?? randomUUID();
    const identity = identify(submission, idempotencyKey);
    if (submission.idempotencyKey === undefined) return await execute(submission, identity, idempotencyKey);

    const earlier = await orUndefined(views.findRequest(submission.cartId, identity.operationId));
    if (earlier) return replay(earlier, identity);
    const entry = inFlight.enter(identity.operationId);
    switch (entry.status) {
      case 'running':
        return { status: 'in_progress' };
      case 'other':
        return keyReused;
      case 'entered':
        return await execute(submission, identity, idempotencyKey).finally(entry.leave);
    }
  };

  async function execute(
    submission: Submission,
    identity: Identity,
    idempotencyKey: string,
  ): Promise<SubmissionResult> {
    const { cartId, ifMatch, waitMs } = submission;
    const command = await price(submission.command);
    const refused = refusedByCatalogue(command);
    if (refused) return { status: 'rejected', rejection: refused };

    const envelope: CommandEnvelope = { ...identity, command, ...(ifMatch && { ifMatch }) };
    const outcome = await sendAndWait(cartId, envelope, waitMs).catch((error: unknown) => {
      throw error instanceof CommandNotStoredError ? new NotAcceptedError(idempotencyKey, error) : error;
    });
    if (outcome) return toResult(outcome, identity);
    return { status: 'pending', operationId: identity.operationId };
  }

  async function price(command: ShopperCommand): Promise<ShopperCommand> {
    const names = unpricedNames(command);
    if (names.length === 0) return command;
    const prices = await orUndefined(catalog.prices(names));
    return prices ? withPrices(command, prices) : command;
  }
}

export type SubmitCommand = ReturnType<typeof createSubmitCommand>;

/** What tells a request from others: the same for its repetitions, in every process. */
type Identity = Pick<CommandEnvelope, 'operationId' | 'fingerprint'>;

/** The same key on another cart is another operation. A condition is a part of what is asked. */
function identify({ cartId, command, payload, ifMatch }: Submission, idempotencyKey: string): Identity {
  const fingerprint = digest(JSON.stringify([command.type, payload, ...(ifMatch ? [ifMatch] : [])]));
  return { operationId: operationIdOf(digest(`${cartId}\n${idempotencyKey}`), fingerprint), fingerprint };
}

const keyReused: Outcome = { status: 'rejected', rejection: { code: 'idempotency_key_reused' } };

function replay(recorded: RecordedOperation, identity: Identity): SubmissionResult {
  const outcome = toResult(recorded, identity);
  return outcome === keyReused ? outcome : { ...outcome, replayed: true };
}

function toResult(
  { operationId, fingerprint, result, cart }: RecordedOperation,
  identity: Identity,
): Outcome {
  if (fingerprint !== identity.fingerprint) return keyReused;
  if (result.status === 'rejected') return { status: 'rejected', rejection: result.rejection };
  const order = result.orderId === undefined ? {} : { orderId: result.orderId };
  return { status: 'applied', operationId, cart, ...order };
}

function refusedByCatalogue(command: ShopperCommand): Rejection | undefined {
  if (command.type !== 'addItem') return undefined;
  const names = command.items.filter(({ price }) => price.status === 'unknown').map(({ name }) => name);
  return names.length === 0 ? undefined : { code: 'unknown_product', names };
}
