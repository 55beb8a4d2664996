import type { ContentfulStatusCode } from 'hono/utils/http-status';

interface ProblemType {
  status: ContentfulStatusCode;
  title: string;
  /** What has happened; docs/errors.md and the page of the type say so too. */
  when: string;
  /** What to do about it. */
  mend: string;
}

/** Every way a request can fail: the one table of code → status. `npm run docs:errors` writes docs/errors.md from it. */
export const problems = {
  malformed_request: {
    status: 400,
    title: 'The request cannot be read',
    when: 'Not JSON, or a bad `Idempotency-Key` (1–255 characters), `If-Match` (ETags) or cursor',
    mend: 'Mend the request',
  },
  invalid_input: {
    status: 422,
    title: 'The input is not valid',
    when: 'Fields are missing, of the wrong type or out of bounds',
    mend: 'Correct the fields that `errors` names',
  },
  session_not_found: {
    status: 404,
    title: 'There is no such session',
    when: 'The session id was not issued here, was changed, or has expired; or a user has claimed its cart',
    mend: "Start a session with `POST /api/v1/sessions`; after a claim, ask for the user's cart",
  },
  route_not_found: {
    status: 404,
    title: 'There is no such resource',
    when: 'The path does not exist',
    mend: 'Mend the path',
  },
  method_not_allowed: {
    status: 405,
    title: 'The resource does not take this method',
    when: 'The path exists and does not take this method',
    mend: 'Use one of the methods in `Allow`',
  },
  item_not_found: {
    status: 404,
    title: 'The cart has no such item',
    when: 'The cart has no item of this id (any more)',
    mend: 'Read the cart and take the id from there',
  },
  cart_full: {
    status: 409,
    title: 'The cart is full',
    when: 'The cart would have more than 100 lines; nothing of the request is applied',
    mend: 'Remove a line first',
  },
  quantity_limit: {
    status: 409,
    title: 'The quantity is above the limit of a line',
    when: 'A line would have more than 999 units; nothing of the request is applied',
    mend: 'Ask for less',
  },
  units_limit: {
    status: 409,
    title: 'The cart holds too many units',
    when: 'The cart would have more units in all than it may (`CART_MAX_UNITS`); nothing of the request is applied',
    mend: 'Ask for less',
  },
  unknown_product: {
    status: 422,
    title: 'The catalogue has no such product',
    when: 'The catalogue (`CATALOG=strict`) has no product of this name',
    mend: 'Use a name from the catalogue',
  },
  cart_empty: {
    status: 409,
    title: 'The cart is empty',
    when: 'A checkout of a cart without lines',
    mend: 'Add an item first',
  },
  cart_completed: {
    status: 409,
    title: 'The cart has become an order',
    when: 'A change of a line after the cart has become an order',
    mend: "Add an item: that starts the cart's next life",
  },
  checkout_in_progress: {
    status: 409,
    title: 'The cart is being checked out',
    when: 'A change of the cart while it is being checked out or its order waits for the payment',
    mend: 'Wait, or give the checkout up with `DELETE …/checkout`',
  },
  no_checkout: {
    status: 409,
    title: 'There is no checkout to give up',
    when: '`DELETE …/checkout` without a checkout',
    mend: 'Nothing: the cart is not being checked out',
  },
  checkout_cancelled: {
    status: 409,
    title: 'The checkout was given up',
    when: 'The checkout was given up before its order was placed',
    mend: 'Check out again when it is time',
  },
  items_unavailable: {
    status: 409,
    title: 'Some items cannot be had',
    when: 'A checkout found lines that cannot be had; `items` lists them with the reasons',
    mend: 'Change or remove them, or check out with `{"onUnavailable":"drop"}`',
  },
  reservations_pending: {
    status: 409,
    title: 'The reservations took too long',
    when: 'Reservations took longer than a checkout waits (`CHECKOUT_WAIT`); `names` lists them',
    mend: 'Check out again when the lines are reserved',
  },
  price_changed: {
    status: 409,
    title: 'Prices have changed',
    when: 'Prices have changed since the lines were added; `changes` has old and new',
    mend: 'Show the cart, which has the new prices, and check out again',
  },
  order_already_paid: {
    status: 409,
    title: 'An earlier order of the cart was paid',
    when: 'A late payment of an earlier order completed the cart during the checkout',
    mend: 'Nothing: read the order',
  },
  version_not_found: {
    status: 404,
    title: 'The cart has no such version',
    when: 'The cart has no such version, or was not there yet at that time',
    mend: 'List its versions with `GET …/history`',
  },
  order_not_found: {
    status: 404,
    title: 'There is no such order',
    when: 'You have no such order, or asked for one with neither a token nor a session',
    mend: 'List the orders with `GET …/orders`; send the token of the user, or `Session-Id`',
  },
  unauthorized: {
    status: 401,
    title: 'The token is missing or not valid',
    when: 'A token is needed and was not sent, or the one that was sent is not good: `detail` says why, `WWW-Authenticate` asks for it',
    mend: "Send `Authorization: Bearer …` with a token of the user's login (`ADMIN_TOKEN` does for the admin endpoints), or renew it",
  },
  forbidden: {
    status: 403,
    title: 'The token does not have the scope for this',
    when: 'A good token without the admin scope at an admin endpoint',
    mend: 'Use a token with the scope that `WWW-Authenticate` names',
  },
  token_check_unavailable: {
    status: 503,
    title: 'Tokens cannot be checked just now',
    when: "The login's public keys (`JWT_JWKS_URL`) cannot be fetched, so nothing can be said of the token",
    mend: 'Repeat it after `Retry-After`',
  },
  invalid_signature: {
    status: 401,
    title: 'The webhook is not signed by the payment service',
    when: 'A payment webhook whose signature is not good, or whose timestamp is older than five minutes',
    mend: 'Sign it with the shared secret (`PAYMENT_WEBHOOK_SECRET`)',
  },
  payment_mismatch: {
    status: 409,
    title: 'The payment does not match its order',
    when: 'A payment whose amount or currency is not that of its order',
    mend: 'Correct the payment; nothing was taken as paid',
  },
  webhook_not_found: {
    status: 404,
    title: 'There is no such webhook',
    when: 'The outbox has no event of this id',
    mend: 'Take the id from `GET /api/v1/admin/webhooks`',
  },
  webhook_delivered: {
    status: 409,
    title: 'The webhook has been delivered',
    when: 'The webhook that is to be sent again has reached its receiver',
    mend: 'Nothing: the receiver has it',
  },
  version_mismatch: {
    status: 412,
    title: 'The cart is at another version',
    when: 'The cart was not at a version that `If-Match` names, but at `currentVersion`',
    mend: 'Read the cart again, then decide whether to send the command with its new `ETag`',
  },
  request_in_progress: {
    status: 409,
    title: 'The request is being answered',
    when: 'A request with the same `Idempotency-Key` and payload is being answered',
    mend: 'Repeat it after `Retry-After`: it gets the outcome of the first one',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key belongs to another request',
    when: 'The key was used for another request on this cart within 24 hours',
    mend: 'Use a new key for a new request',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    when: 'More requests, sessions or units than a cart or a network may have, or a cart that is behind; `violated-policies` says which',
    mend: 'Repeat it after `Retry-After`, a command with the same `Idempotency-Key`',
  },
  too_many_streams: {
    status: 429,
    title: 'The cart has too many live streams',
    when: 'The cart has as many live streams in this process as it may have (`STREAMS_PER_CART`)',
    mend: 'Close one, or read the cart',
  },
  streams_full: {
    status: 503,
    title: 'There is no room for another live stream just now',
    when: 'The process has as many live streams as it may have (`STREAMS_MAX`), or is stopping',
    mend: 'Connect again after `Retry-After`; read the cart meanwhile',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body has a type that is not taken',
    when: 'The body is not sent as `application/json`',
    mend: 'Set `Content-Type: application/json`',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    when: 'The body has more than 64 KiB (`BODY_LIMIT_BYTES`)',
    mend: 'Send fewer items at once',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    when: 'A fault of ours in a command',
    mend: 'Repeat it with the same `Idempotency-Key`; report the `requestId` when it happens again',
  },
  not_accepted: {
    status: 503,
    title: 'It is not known whether the command was stored',
    when: 'Temporal did not confirm that it stored the command; it may have arrived all the same',
    mend: 'Repeat it under the `idempotencyKey` of the answer (yours, if you sent one), as `Idempotency-Key`, after `Retry-After`: it is applied once',
  },
  unavailable: {
    status: 503,
    title: 'Carts cannot be read just now',
    when: 'Postgres does not answer, so a cart or an order cannot be read; commands are still accepted',
    mend: 'Repeat the read after `Retry-After`',
  },
  request_timeout: {
    status: 408,
    title: 'The request was too slow',
    when: 'Headers take longer than 10 s (`HEADERS_TIMEOUT`) to arrive, or the whole request longer than 30 s (`REQUEST_TIMEOUT`)',
    mend: 'Send it again',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    when: 'All headers together have more than 16 KiB (`HEADER_LIMIT_BYTES`)',
    mend: 'Send fewer or shorter ones',
  },
  not_ready: {
    status: 503,
    title: 'Something that is needed is away',
    when: '`GET /readyz` found Postgres or Temporal away; `checks` says which',
    mend: 'Nothing: ask again after `Retry-After`',
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemCode = keyof typeof problems;

export const problemCodes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

/** Over by themselves as a rule, within a second where nobody knows better: they come with `Retry-After`. */
export const isPassing = (code: ProblemCode): boolean =>
  code === 'request_in_progress' || [429, 503].includes(problems[code].status);

/** What the `type` URI of a code ends with: `GET /problems/{slug}` resolves it. */
export const slugOf = (code: ProblemCode): string => code.replaceAll('_', '-');

export const typeOf = (code: ProblemCode): string => `/problems/${slugOf(code)}`;
