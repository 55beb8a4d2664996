import { startHttpServer } from '../../platform/http-server.ts';
import { createStubApp } from './app.ts';
import type { StubConfig } from './config.ts';
import { createControlPanel } from './control.ts';
import { openLedgerFile } from './ledger-file.ts';

/** Starts the stub; closing it drops the requests that wait, as a crash would. */
export async function startReservationStub(
  config: StubConfig,
): Promise<{ url: string; close(): Promise<void> }> {
  const file = openLedgerFile(config.ledgerPath);
  const app = createStubApp({ file, control: createControlPanel(config.control) });
  const server = await startHttpServer({ fetch: app.fetch, host: config.host, port: config.port });
  return {
    url: `http://${config.host}:${server.port}`,
    async close() {
      await server.close(0);
      file.close();
    },
  };
}
