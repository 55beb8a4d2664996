import { runStub } from '../stub/run-stub.ts';
import { loadStubConfig } from './config.ts';
import { startPaymentStub } from './start.ts';

await runStub('Payment stub', () => startPaymentStub(loadStubConfig(process.env)));
