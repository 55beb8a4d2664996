import type { CartSettings } from '../domain/cart-settings.ts';
import type { CommandEnvelope, Touch } from '../domain/commands.ts';
import { cartWorkflowId, commandSignals } from '../../workflows/cart.messages.ts';
import { createCartInbox, defaultStoreDeadlineMs, type CartInboxOptions } from './cart-inbox.ts';

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

export interface CartCommandsOptions extends CartInboxOptions {
  settings: CartSettings;
  /** Asked before a command of so many bytes is sent; throws `CartBusyError`. */
  admit: (cartId: string, bytes: number) => Promise<void>;
}

/** How commands get to the carts; this folder is the only caller of the Temporal client. */
export function createCartCommands({ settings, admit, ...options }: CartCommandsOptions): CartCommands {
  const { client, storeDeadlineMs = defaultStoreDeadlineMs } = options;
  const inbox = createCartInbox(options);
  return {
    async send(cartId, envelope) {
      // What was paid is never refused here: a shopper who floods a cart must not keep the news away.
      if (!isPaymentNews(envelope)) await admit(cartId, JSON.stringify(envelope).length);
      await inbox.send(cartId, envelope, settings);
    },
    async touch(cartId, envelope) {
      const cart = client.workflow.getHandle(cartWorkflowId(cartId));
      await client
        .withDeadline(Date.now() + storeDeadlineMs, () => cart.signal(commandSignals.touch, envelope))
        .catch(() => {});
    },
  };
}

const isPaymentNews = ({ command: { type } }: CommandEnvelope): boolean =>
  type === 'paymentSucceeded' || type === 'paymentFailed';
