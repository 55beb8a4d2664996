import type { World } from '../world.ts';
import type { Facts } from './facts.ts';

/** What the reservation and the payment service have in their books, which outlive a kill. */
export async function readLedgers({
  reservationsUrl,
  paymentsUrl,
}: Pick<World, 'reservationsUrl' | 'paymentsUrl'>): Promise<
  Pick<Facts, 'holds' | 'stock' | 'payments' | 'webhooks'>
> {
  const [reservations, stock, payments] = await Promise.all([
    read<Pick<Facts, 'holds'>>('/ledger', reservationsUrl),
    read<Facts['stock']>('/stock', reservationsUrl),
    read<Pick<Facts, 'payments' | 'webhooks'>>('/ledger', paymentsUrl),
  ]);
  return {
    holds: reservations.holds,
    stock,
    payments: payments.payments,
    webhooks: payments.webhooks,
  };
}

async function read<T>(path: string, url: string): Promise<T> {
  const response = await fetch(new URL(path, url));
  if (!response.ok) throw new Error(`${path} of ${url} answers ${response.status}`);
  return (await response.json()) as T;
}
