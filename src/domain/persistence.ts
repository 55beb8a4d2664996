import type { Cart } from './cart.ts';
import type { ExternalCommand } from './commands.ts';
import type { CartEvent } from './events.ts';
import type { Rejection } from './rejections.ts';

/** How long a repeated request gets the recorded answer; after that it is a new one. */
export const operationRetentionMs = 86_400_000;

/** What identifies an operation, before and after its outcome is known. */
export interface ReceivedOperation {
  operationId: string;
  command: ExternalCommand['type'];
  fingerprint: string;
  /** ms since the epoch */
  at: number;
}

/** What became of one operation: kept for 24 h so that a repeated request gets the same answer. */
export interface OperationOutcome extends ReceivedOperation {
  result: OperationResult;
}

export type OperationResult =
  { status: 'applied'; version: number; orderId?: string } | { status: 'rejected'; rejection: Rejection };

/** Operations a running cart remembers, and a new life starts with; beyond them the `operations` table knows. */
export const rememberedOperations = 500;

/** An operation that a cart must not apply again. */
export interface SeenOperation {
  operationId: string;
  /** ms since the epoch */
  at: number;
}

/** One write to the read model: the cart as it is now, and what is new since the last write. */
export interface CartSave {
  cart: Cart;
  events: readonly CartEvent[];
  outcomes: readonly OperationOutcome[];
  /**
   * Rises with every workflow task of the cart. A task that is killed after its save may be done again with more
   * to do, and in another order: what it writes then replaces what it wrote before.
   */
  fence?: number;
}

/** What a cart's next life starts from. */
export interface StoredCart {
  cart: Cart;
  recentOperations: readonly SeenOperation[];
  /** Of the last save. */
  fence?: number;
}
