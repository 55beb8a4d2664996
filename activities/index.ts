import { createCatalogActivities } from './catalog.activities.ts';
import { createProjectionActivities } from './projection.activities.ts';
import { createReservationActivities } from './reservation.activities.ts';
import type { CartStore, Catalog, ReservationService } from './ports.ts';

export interface ActivityPorts {
  carts: CartStore;
  catalog: Catalog;
  reservations: ReservationService;
}

/** Everything the workflows may call, over the given ports. */
export function createActivities(ports: ActivityPorts) {
  return {
    ...createProjectionActivities(ports.carts),
    ...createCatalogActivities(ports.catalog),
    ...createReservationActivities(ports.reservations),
  };
}

export type CartActivities = ReturnType<typeof createActivities>;
