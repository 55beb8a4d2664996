import type { Journal } from '../journal.ts';

/** All that there is to be known of a shop, as its own parts tell it; and what the shoppers were told. */
export interface Facts {
  journal: Journal;
  /** When it was read; ms since the epoch. */
  readAt: number;
  holdLagMaxMs: number;
  carts: CartRow[];
  events: EventRow[];
  operations: OperationRow[];
  orders: OrderRow[];
  holds: HoldEntry[];
  /** By item. */
  stock: Record<string, { available: number }>;
  payments: PaymentEntry[];
  webhooks: { webhookId: string; deliveredAt?: string }[];
  runs: Run[];
}

export interface CartRow {
  cartId: string;
  version: number;
  status: string;
  itemCount: number;
  totalMinor: number;
  state: CartState;
  /** As `cart_items` has them. */
  items: { itemId: string; name: string; quantity: number; unitPriceMinor: number }[];
}

/** What a check looks at of the state that the workflow has, and its row. */
export interface CartState {
  status: string;
  version: number;
  lines: StateLine[];
  waiting: { lines: StateLine[] } | null;
  holds: { key: string; status: string }[];
  pendingOrder: unknown;
  paymentTasks: unknown[];
  orderId?: string;
  toCartId?: string;
}

export interface StateLine {
  itemId: string;
  name: string;
  quantity: number;
  refusal: unknown;
}

export interface EventRow {
  cartId: string;
  version: number;
  type: string;
  /** ms since the epoch */
  at: number;
  operationId: string | null;
  actor: string | null;
  data: Record<string, unknown>;
}

export interface OperationRow {
  operationId: string;
  cartId: string;
  status: 'applied' | 'rejected';
  /** Of the cart, with it applied. */
  version: number | null;
  code: string | null;
  orderId: string | null;
}

export interface OrderRow {
  orderId: string;
  cartId: string;
  status: string;
  totalMinor: number;
  itemCount: number;
  items: { itemId: string; name: string; quantity: number; unitPriceMinor: number }[];
}

export interface HoldEntry {
  reservationId: string;
  /** Begins with the cart that asked for it. */
  key: string;
  item: string;
  quantity: number;
  state: 'held' | 'released' | 'committed' | 'expired';
  at: string;
  endedAt?: string;
}

export interface PaymentEntry {
  paymentId: string;
  orderId: string;
  amountMinor: number;
  refundedMinor: number;
  state: 'pending' | 'captured' | 'failed' | 'cancelled' | 'refunded';
}

/** One workflow execution. What follows `status` is known of running ones only. */
export interface Run {
  workflowId: string;
  runId: string;
  status: string;
  taskAttempt?: number;
  callsUnderWay?: number;
  problems?: readonly string[];
  /** As the workflow itself says; `null` while it loads. Absent for what is no cart, or does not answer. */
  state?: CartState | null;
}
