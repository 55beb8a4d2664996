import { runStub } from '../stub/run-stub.ts';
import { loadStubConfig } from './config.ts';
import { startReservationStub } from './start.ts';

await runStub('Reservation stub', () => startReservationStub(loadStubConfig(process.env)));
