import type { ResponseDescription } from './openapi.ts';

export type Links = NonNullable<ResponseDescription['links']>;

const link = (operationId: string, description: string, parameters: Record<string, string>) => ({
  operationId,
  description,
  parameters,
});

/** How answers of a cart lead on; a mount adds the session to each. */
export const operationLinks: Links = {
  outcome: link('getOperation', 'What became of the command', {
    operationId: '$response.body#/operationId',
  }),
};

const firstItem = { itemId: '$response.body#/items/0/itemId' };

export const itemListLinks: Links = {
  changeFirstItem: link('changeQuantity', 'Change the first item', firstItem),
  removeFirstItem: link('removeItem', 'Remove the first item', firstItem),
};

/** From an answer that is the cart. */
export const cartLinks: Links = {
  items: link('listItems', 'Its items', {}),
  ...itemListLinks,
  clear: link('clearItems', 'Remove all items', {}),
  checkout: link('checkout', 'Check out', {}),
  history: link('getHistory', 'What happened', {}),
  inHistory: link('getHistory', 'The cart as it is now, from its history', { at: '$response.body#/version' }),
};

/** From an order that was placed. */
export const orderLinks: Links = {
  order: link('getOrder', 'Read the order', { orderId: '$response.body#/orderId' }),
  orders: link('listOrders', 'All orders of the cart', {}),
  giveUp: link('cancelCheckout', 'Give the checkout up', {}),
};

export const orderListLinks: Links = {
  firstOrder: link('getOrder', 'Read the first order', { orderId: '$response.body#/orders/0/orderId' }),
};

export const webhookLinks: Links = {
  sendAgain: link('redeliverWebhook', 'Send the first one again', {
    eventId: '$response.body#/webhooks/0/eventId',
  }),
};

const sessionId = '$response.body#/sessionId';

/** From a new session to what can be done with it, in the path or as a header. */
export const sessionLinks: Links = {
  readCart: link('getCart', 'Read the cart', { sessionId }),
  addItem: link('addItem', 'Add an item', { sessionId }),
  listItems: link('listItems', 'List the items', { sessionId }),
  checkout: link('checkout', 'Check out', { sessionId }),
  addItemByHeader: link('addItemWithSession', 'Add an item, the session as a header', {
    'Session-Id': sessionId,
  }),
  checkoutByHeader: link('checkoutWithSession', 'Check out, the session as a header', {
    'Session-Id': sessionId,
  }),
};
