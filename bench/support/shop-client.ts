export interface BenchSession {
  /** Of its cart. */
  path: string;
  cartId: string;
}

/** What benchmarks ask of the API; whatever is not the expected answer ends them. */
export function createShopClient(api: string) {
  return {
    async newSession(): Promise<BenchSession> {
      const response = await fetch(`${api}/api/v1/sessions`, { method: 'POST' });
      const { sessionId, cart } = (await response.json()) as { sessionId: string; cart: { cartId: string } };
      return { path: `/api/v1/carts/${sessionId}`, cartId: cart.cartId };
    },
    async addItem(path: string, name: string): Promise<void> {
      const response = await fetch(`${api}${path}/items`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ name, quantity: 1 }),
      });
      const body = await response.text();
      if (response.status !== 201) throw new Error(`add-item was answered ${response.status}: ${body}`);
    },
  };
}

/** Reads it all, and returns its `ETag`. */
export async function get(url: string, { status = 200, headers = {} } = {}): Promise<string> {
  const response = await fetch(url, { headers });
  await response.text();
  if (response.status !== status) throw new Error(`GET ${url} was answered ${response.status}`);
  return response.headers.get('etag') ?? '';
}
