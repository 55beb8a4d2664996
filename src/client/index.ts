export { createCartClient, createSession } from './cart-client.ts';
export type { CartClient, CartClientOptions, CartOwner, ReadOptions } from './cart-client.ts';
export type { CommandOptions } from './commands.ts';
export type { CartEventsOptions } from './events.ts';
export { CartProblemError, UndecidedError, UnreachableError } from './errors.ts';
export type { Cart, ClaimedCart, Operation, Order, Problem, Session } from './types.ts';
