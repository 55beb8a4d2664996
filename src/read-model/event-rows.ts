import { and, asc, inArray, lte, sql } from 'drizzle-orm';
import { cartEvents } from '../../drizzle/schema.ts';
import type { CartEvent, Fact } from '../domain/events.ts';
import type { Database } from '../platform/database.ts';

/** The pool, or a transaction of it. */
export type Reader = Pick<Database, 'select'>;

type EventRow = typeof cartEvents.$inferSelect;

/** A history may be longer than fits into memory at once. */
const rowsPerRead = 2_000;

/** The event as the cart made it: the projector's mapping, undone. */
export function toCartEvent({ version, type, at, operationId, data, actor }: EventRow): CartEvent {
  const fact = { ...(data as object), type } as Fact;
  return { ...fact, version, at: at.getTime(), operationId, ...(actor === null ? {} : { by: actor }) };
}

/** Every event of these carts in order of cart and version, up to a version. */
export async function* readEvents(
  reader: Reader,
  cartIds: readonly string[],
  upToVersion?: number,
): AsyncGenerator<{ cartId: string; event: CartEvent }> {
  const { cartId, version } = cartEvents;
  const wanted = inArray(cartId, [...cartIds]);
  const early = upToVersion === undefined ? undefined : lte(version, upToVersion);
  let rows: EventRow[] = [];
  do {
    const last = rows.at(-1);
    const later = last && sql`(${cartId}, ${version}) > (${last.cartId}, ${last.version})`;
    rows = await reader
      .select()
      .from(cartEvents)
      .where(and(wanted, early, later))
      .orderBy(asc(cartId), asc(version))
      .limit(rowsPerRead);
    for (const row of rows) yield { cartId: row.cartId, event: toCartEvent(row) };
  } while (rows.length === rowsPerRead);
}
