import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Cart } from '../src/domain/cart.ts';
import type { CartSettings } from '../src/domain/cart-settings.ts';
import type { CartView } from '../src/domain/cart-view.ts';
import type { CartLogState } from '../src/domain/cart-log.ts';
import type { CommandEnvelope, ExternalCommand } from '../src/domain/commands.ts';

/** The wire contract between the gateway and the workflow. Running carts speak it too: only ever add to it. */
export const cartWorkflowType = 'cartWorkflow';

export const cartWorkflowId = (cartId: string): string => `cart-${cartId}`;
export const cartIdOfWorkflow = (workflowId: string): string => workflowId.replace(/^cart-/, '');

/** One signal a command, named as the command, so that the Web UI's event list reads like the shop's day. */
export const commandSignals = {
  addItem: defineSignal<[CommandEnvelope]>('addItem'),
  changeQuantity: defineSignal<[CommandEnvelope]>('changeQuantity'),
  removeItem: defineSignal<[CommandEnvelope]>('removeItem'),
  clearItems: defineSignal<[CommandEnvelope]>('clearItems'),
  touch: defineSignal<[CommandEnvelope]>('touch'),
  checkout: defineSignal<[CommandEnvelope]>('checkout'),
  cancelCheckout: defineSignal<[CommandEnvelope]>('cancelCheckout'),
  claim: defineSignal<[CommandEnvelope]>('claim'),
  receive: defineSignal<[CommandEnvelope]>('receive'),
  paymentSucceeded: defineSignal<[CommandEnvelope]>('paymentSucceeded'),
  paymentFailed: defineSignal<[CommandEnvelope]>('paymentFailed'),
} satisfies Record<ExternalCommand['type'], unknown>;

/** Asks for nothing: the cart looks whether there is something to do, such as to move to new workers. */
export const wakeSignal = defineSignal('wake');

/** For people in the Web UI; services read Postgres. `null` until the cart is loaded. */
export const getCartQuery = defineQuery<CartView | null>('getCart');

/** The whole state, for the drift checker; `null` until the cart is loaded. */
export const getStateQuery = defineQuery<Cart | null>('getState');

/** Not encrypted and searchable: never personal data. */
export const cartSearchAttributes = {
  status: defineSearchAttributeKey('CartStatus', SearchAttributeType.KEYWORD),
  totalMinor: defineSearchAttributeKey('CartTotalMinor', SearchAttributeType.INT),
};

export interface CartWorkflowInput {
  cartId: string;
  settings: CartSettings;
  /** There was no such cart yet, for certain: nothing has to be loaded. Older gateways did not say. */
  fresh?: boolean;
  /** From the run before, when this one continues it. */
  carried?: { log: CartLogState; inbox: readonly CommandEnvelope[]; fence?: number };
}
