import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { defaultControl, type Control, type ControlChange } from '../../src/dev/reservation-stub/control.ts';
import type { Hold } from '../../src/dev/reservation-stub/ledger.ts';
import { startReservationStub } from '../../src/dev/reservation-stub/start.ts';

export interface LedgerView {
  holds: Hold[];
  calls: Record<'reserve' | 'batch' | 'adjust' | 'release' | 'commit', number>;
}

/** For a test whose signal plays no part. */
export const unaborted = new AbortController().signal;

/** A folder that is gone after the test. */
export async function newLedgerPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'reservation-stub-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'reservations.jsonl');
}

/** A stub of the test's own on a free port, without latency and with plenty of stock unless told otherwise; ends with the test. */
export async function openStub(control: Partial<Control> = {}, ledgerPath?: string) {
  const stub = await startReservationStub({
    host: '127.0.0.1',
    port: 0,
    ledgerPath: ledgerPath ?? (await newLedgerPath()),
    control: {
      ...defaultControl,
      latencyMs: 0,
      ...control,
      stock: { ...defaultControl.stock, ...control.stock },
    },
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= stub.close());
  onTestFinished(close);
  return { ...stubClient(stub.url), close };
}

export type Stub = ReturnType<typeof stubClient>;

export function stubClient(url: string) {
  async function send(method: string, path: string, body?: unknown, key?: string) {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: key === undefined ? {} : { 'idempotency-key': key },
    });
    const text = await response.text();
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (text === '' ? undefined : JSON.parse(text)) as unknown,
    };
  }
  const ledger = async (query = '') => (await send('GET', `/ledger${query}`)).body as LedgerView;
  return {
    url,
    send,
    ledger,
    stock: async () => (await send('GET', '/stock')).body,
    control: async (change: ControlChange) => (await send('PUT', '/control', change)).body as Control,
    reserve: (key: string, item = 'apple', quantity = 1) => send('POST', '/reserve', { item, quantity }, key),
    adjust: (id: string, quantity: number, key: string) =>
      send('PUT', `/reservations/${id}`, { quantity }, key),
    /** Until so many calls of a kind have arrived, whether or not they are answered. */
    arrived: (call: keyof LedgerView['calls'], count = 1) =>
      vi.waitUntil(async () => (await ledger()).calls[call] >= count, { interval: 10, timeout: 2_000 }),
  };
}

export function reservationIdOf({ body }: { body: unknown }): string {
  return (body as { reservation_id: string }).reservation_id;
}
