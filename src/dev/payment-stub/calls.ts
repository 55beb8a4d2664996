import type { LedgerFile } from '../stub/ledger-file.ts';
import { createServiceCalls, type ServiceCalls } from '../stub/service-call.ts';
import type { ControlPanel } from './control.ts';
import type { Entry } from './ledger.ts';

const names = ['request', 'cancel', 'refund'] as const;

export type PaymentCalls = ServiceCalls<(typeof names)[number], Entry>;

export const createPaymentCalls = (file: LedgerFile<Entry>, control: ControlPanel): PaymentCalls =>
  createServiceCalls(names, file, control);
