import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { CommandEnvelope, Touch } from '../domain/commands.ts';
import { toCartBusy } from './cart-busy.ts';
import {
  cartWorkflowId,
  cartWorkflowType,
  commandSignals,
  type CartSettings,
  type CartWorkflowInput,
} from '../../workflows/cart.messages.ts';

export interface CartCommands {
  /**
   * Stores the command durably: one call to the Temporal server, no worker needed.
   * @throws CommandNotStoredError when Temporal does not confirm it
   * @throws CartBusyError when the cart has more waiting than it can take
   */
  send(cartId: string, envelope: CommandEnvelope): Promise<void>;
  /** For a cart that runs; one that does not is left alone. Best effort: it never rejects. */
  touch(cartId: string, envelope: CommandEnvelope<Touch>): Promise<void>;
}

/** Temporal did not confirm the command. It may have arrived all the same: repeat it under the same operation id. */
export class CommandNotStoredError extends Error {
  override name = 'CommandNotStoredError';
}

export interface CartCommandsOptions {
  client: Client;
  taskQueue: string;
  settings: CartSettings;
  /** Whether there may be a cart of this id. Only `false` has to be certain. */
  mayExist: (cartId: string) => Promise<boolean>;
  /** Asked before a command of so many bytes is sent; throws `CartBusyError`. */
  admit: (cartId: string, bytes: number) => Promise<void>;
  /** How long Temporal may take to store a command. */
  storeDeadlineMs?: number;
}

/** How commands get to the carts; this folder is the only caller of the Temporal client. */
export function createCartCommands(options: CartCommandsOptions): CartCommands {
  const { client, taskQueue, settings, mayExist, admit, storeDeadlineMs = 3_000 } = options;

  async function signalWithStart(cartId: string, envelope: CommandEnvelope, fresh: boolean) {
    const input: CartWorkflowInput = { cartId, settings, fresh };
    await client.workflow.signalWithStart(cartWorkflowType, {
      workflowId: cartWorkflowId(cartId),
      taskQueue,
      args: [input],
      // The cart may have lived and ended since it was looked for: only Temporal can rule that out.
      workflowIdReusePolicy: fresh ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
      signal: commandSignals[envelope.command.type],
      signalArgs: [envelope],
      staticSummary: `Cart ${cartId}`,
    });
  }

  async function startFresh(cartId: string, envelope: CommandEnvelope) {
    try {
      await signalWithStart(cartId, envelope, true);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await signalWithStart(cartId, envelope, false);
    }
  }

  return {
    async send(cartId, envelope) {
      // What was paid is never refused here: a shopper who floods a cart must not keep the news away.
      if (!isPaymentNews(envelope)) await admit(cartId, JSON.stringify(envelope).length);
      const fresh = !(await mayExist(cartId));
      const store = () => (fresh ? startFresh(cartId, envelope) : signalWithStart(cartId, envelope, false));
      try {
        await client.connection.withDeadline(Date.now() + storeDeadlineMs, store);
      } catch (error) {
        throw (
          toCartBusy(error) ??
          new CommandNotStoredError('Temporal did not store the command', { cause: error })
        );
      }
    },
    async touch(cartId, envelope) {
      const cart = client.workflow.getHandle(cartWorkflowId(cartId));
      await client.connection
        .withDeadline(Date.now() + storeDeadlineMs, () => cart.signal(commandSignals.touch, envelope))
        .catch(() => {});
    },
  };
}

const isPaymentNews = ({ command: { type } }: CommandEnvelope): boolean =>
  type === 'paymentSucceeded' || type === 'paymentFailed';
