export interface BenchSession {
  /** Of its cart. */
  path: string;
  cartId: string;
}

export interface BenchCart {
  expiresAt: string;
  items: { itemId: string; name: string }[];
}

/** What benchmarks ask of the API; whatever is not the expected answer ends them. */
export function createShopClient(api: string) {
  async function send(method: string, path: string, { body, status }: { body?: object; status: number }) {
    const prefer = status === 202 ? 'respond-async' : 'wait=30';
    const response = await fetch(`${api}${path}`, {
      ...{ method, headers: { prefer } },
      ...(body && {
        headers: { prefer, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await response.text();
    if (response.status !== status) {
      // Not the session in it: what fails is in the report.
      const route = path.replace(/carts\/[^/]+/, 'carts/…');
      throw new Error(`${method} ${route} was answered ${response.status}: ${text}`);
    }
    return text;
  }

  async function newSession(): Promise<BenchSession> {
    const created = await send('POST', '/api/v1/sessions', { status: 201 });
    const { sessionId, cart } = JSON.parse(created) as { sessionId: string; cart: { cartId: string } };
    return { path: `/api/v1/carts/${sessionId}`, cartId: cart.cartId };
  }

  return {
    newSession,
    newSessions: (count: number) => Promise.all(Array.from({ length: count }, newSession)),
    async addItem(path: string, name: string): Promise<BenchCart> {
      const body = { name, quantity: 1 };
      return JSON.parse(await send('POST', `${path}/items`, { body, status: 201 })) as BenchCart;
    },
    /** Stored, and not waited for. */
    async addItemLater(path: string, name: string): Promise<void> {
      await send('POST', `${path}/items`, { body: { name, quantity: 1 }, status: 202 });
    },
    async changeQuantity(path: string, itemId: string, quantity: number): Promise<void> {
      await send('PATCH', `${path}/items/${itemId}`, { body: { quantity }, status: 200 });
    },
    async removeItem(path: string, itemId: string): Promise<void> {
      await send('DELETE', `${path}/items/${itemId}`, { status: 200 });
    },
    async checkout(path: string): Promise<void> {
      await send('POST', `${path}/checkout`, { status: 201 });
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
