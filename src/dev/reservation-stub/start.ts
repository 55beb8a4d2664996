import { startHttpServer } from '../../platform/http-server.ts';
import { openLedgerFile } from '../stub/ledger-file.ts';
import { createStubApp } from './app.ts';
import type { StubConfig } from './config.ts';
import { createControlPanel } from './control.ts';
import { createLedger } from './ledger.ts';

/** Starts the stub; closing it drops the requests that wait, as a crash would. */
export async function startReservationStub(
  config: StubConfig,
): Promise<{ url: string; close(): Promise<void> }> {
  const ledger = createLedger();
  const file = openLedgerFile({
    path: config.ledgerPath,
    setting: 'RESERVATION_LEDGER',
    apply: ledger.apply,
  });
  const app = createStubApp({ file, ledger, control: createControlPanel(config.control) });
  const server = await startHttpServer({ fetch: app.fetch, host: config.host, port: config.port });
  return {
    url: `http://${config.host}:${server.port}`,
    async close() {
      await server.close(0);
      file.close();
    },
  };
}
