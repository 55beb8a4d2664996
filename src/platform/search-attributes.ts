import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { TemporalConfig } from '../config.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;

/** What carts are searchable by; a worker whose server does not know one would stall every cart. */
export const cartSearchAttributeTypes = {
  CartStatus: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  CartTotalMinor: IndexedValueType.INDEXED_VALUE_TYPE_INT,
};

/** Registers the search attributes that the namespace does not have yet. */
export async function registerSearchAttributes({ connection, namespace }: TemporalConfig): Promise<void> {
  const client = await Connection.connect(connection);
  const { operatorService } = client;
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(cartSearchAttributeTypes).filter(([name]) => !(name in customAttributes));
    if (missing.length === 0) return;
    await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
  } finally {
    await client.close();
  }
}
