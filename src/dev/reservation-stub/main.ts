import { loadStubConfig } from './config.ts';
import { startReservationStub } from './start.ts';

try {
  const { url } = await startReservationStub(loadStubConfig(process.env));
  console.log(`Reservation stub listens on ${url}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
