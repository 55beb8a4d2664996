import type { Fact } from './events.ts';
import type { Rejection } from './rejections.ts';

/** `deferred`: the outcome is that of the checkout under way. `orderId`: the order that answers the command. */
export type Decision =
  | { status: 'accepted'; facts: readonly Fact[]; orderId?: string }
  | { status: 'deferred'; facts: readonly Fact[] }
  | { status: 'rejected'; rejection: Rejection };

export const accept = (facts: readonly Fact[], orderId?: string): Decision =>
  orderId === undefined ? { status: 'accepted', facts } : { status: 'accepted', facts, orderId };

export const reject = (rejection: Rejection): Decision => ({ status: 'rejected', rejection });
