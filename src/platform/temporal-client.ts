import { Client, Connection } from '@temporalio/client';
import type { TemporalConfig } from '../config.ts';

/** A client that connects on first use, so that the API starts while Temporal is away. */
export function createTemporalClient({ connection, namespace }: TemporalConfig): Client {
  return new Client({ connection: Connection.lazy(connection), namespace });
}
