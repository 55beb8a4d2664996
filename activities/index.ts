import { createCatalogActivities } from './catalog.activities.ts';
import { createClaimActivities } from './claim.activities.ts';
import { createOrderActivities } from './order.activities.ts';
import { createPaymentActivities } from './payment.activities.ts';
import { createProjectionActivities } from './projection.activities.ts';
import { createReservationActivities } from './reservation.activities.ts';
import type {
  CartInbox,
  CartStore,
  Catalog,
  OrderBook,
  PaymentService,
  ReservationService,
} from './ports.ts';

export interface ActivityPorts {
  carts: CartStore;
  inbox: CartInbox;
  catalog: Catalog;
  orders: OrderBook;
  payments: PaymentService;
  reservations: ReservationService;
}

/** Everything a cart's workflow may call, over the given ports. */
export function createActivities(ports: ActivityPorts) {
  return {
    ...createProjectionActivities(ports.carts),
    ...createCatalogActivities(ports.catalog),
    ...createClaimActivities(ports.inbox),
    ...createOrderActivities(ports),
    ...createPaymentActivities(ports.payments),
    ...createReservationActivities(ports.reservations),
  };
}

export type CartActivities = ReturnType<typeof createActivities>;
