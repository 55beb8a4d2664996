import type { Client } from '@temporalio/client';
import type { CommandEnvelope, Touch } from '../domain/commands.ts';
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
   * @throws CommandNotStoredError when Temporal does not take it
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
  /** How long Temporal may take to store a command. */
  storeDeadlineMs?: number;
}

/** How commands get to the carts; this folder is the only caller of the Temporal client. */
export function createCartCommands(options: CartCommandsOptions): CartCommands {
  const { client, taskQueue, settings, storeDeadlineMs = 3_000 } = options;
  return {
    async send(cartId, envelope) {
      const input: CartWorkflowInput = { cartId, settings };
      const signalWithStart = () =>
        client.workflow.signalWithStart(cartWorkflowType, {
          workflowId: cartWorkflowId(cartId),
          taskQueue,
          args: [input],
          signal: commandSignals[envelope.command.type],
          signalArgs: [envelope],
          staticSummary: `Cart ${cartId}`,
        });
      try {
        await client.connection.withDeadline(Date.now() + storeDeadlineMs, signalWithStart);
      } catch (error) {
        throw new CommandNotStoredError('Temporal did not store the command', { cause: error });
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
