import type { z } from 'zod';
import type {
  addItemBody,
  cartSchema,
  changeQuantityBody,
  checkoutBody,
  claimedCartSchema,
  operationSchema,
  orderListSchema,
  orderSchema,
  problemSchema,
  sessionSchema,
} from '../http/schemas.ts';

/** What the API takes and answers: the very schemas by which it checks both. */
export type Cart = z.infer<typeof cartSchema>;
export type ClaimedCart = z.infer<typeof claimedCartSchema>;
export type Order = z.infer<typeof orderSchema>;
export type OrderList = z.infer<typeof orderListSchema>;
export type Operation = z.infer<typeof operationSchema>;
export type Session = z.infer<typeof sessionSchema>;
/** With whatever code, so that an API that is newer than this client can say more; a refused command has no request. */
export type Problem = Omit<z.infer<typeof problemSchema>, 'code' | 'requestId'> & {
  code: string;
  requestId?: string;
};
export type NewItems = z.input<typeof addItemBody>;
export type QuantityChange = z.input<typeof changeQuantityBody>;
export type CheckoutOptions = z.input<typeof checkoutBody>;
