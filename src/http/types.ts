import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { MergeRule } from '../domain/cart.ts';
import type { CartSessions } from '../sessions/cart-sessions.ts';
import type { CartTouch } from '../gateway/cart-touch.ts';
import type { ApiMetrics } from '../metrics/api-metrics.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { VerifyPaymentWebhook } from '../payments/payment-webhook.ts';
import type { VerifyToken } from '../identity/token-verifier.ts';
import type { ListAbandonedCarts } from '../read-model/abandoned-carts.ts';
import type { SummariseAbandonedCarts } from '../read-model/abandoned-summary.ts';
import type { WebhookViews } from '../outbox/webhook-views.ts';
import type { CartViews } from '../read-model/cart-views.ts';
import type { LiveCarts } from '../read-model/live-carts.ts';
import type { HistoryViews } from '../read-model/history-views.ts';
import type { OrderViews } from '../read-model/order-views.ts';
import type { AcceptPayment } from './accept-payment.ts';
import type { Claim } from './claim-cart.ts';
import type { WaitBounds } from './prefer.ts';
import type { StreamPlaces } from './stream-places.ts';
import type { SubmitCommand } from './submit-command.ts';

/** What a request carries on its way through the app. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** Of the cart that the request is about. */
    cartId: string;
    /** Of the user's cart, where a token is sent beside a session. */
    ownCartId: string | undefined;
    /** Of what the cart was asked for with, a session or a token; ms since the epoch. */
    expiresAt: number;
    /** Where the client is, as far as requests are counted. */
    address: string;
    /** Where this mount's resources start, such as `/api/v1/carts/{sessionId}`. */
    basePath: string;
  };
}

export type AppContext = Context<AppEnv>;

export interface HttpDeps {
  sessions: CartSessions;
  views: CartViews;
  orders: OrderViews;
  webhooks: WebhookViews;
  history: HistoryViews;
  abandonedCarts: { list: ListAbandonedCarts; summarise: SummariseAbandonedCarts };
  submit: SubmitCommand;
  claim: Claim;
  live: { carts: LiveCarts; places: StreamPlaces; heartbeatMs: number };
  /** Called with every cart that is read. */
  touch: CartTouch;
  verifyPayment: VerifyPaymentWebhook;
  acceptPayment: AcceptPayment;
  readiness: Readiness;
  metrics: Pick<ApiMetrics, 'observeRequest' | 'scrape'>;
  /** A file of the page at /docs. */
  docsFile: (name: 'swagger-ui.css' | 'swagger-ui-bundle.js') => Promise<string>;
  logger: Logger;
  rateLimiting: RateLimitingOptions;
  currency: string;
  /** Units that a cart may have in all. */
  cartMaxUnits: number;
  wait: WaitBounds;
  checkout: { waitMs: number; payWithinMs: number };
  bodyLimitBytes: number;
  /** Whose pages may call the API, with cookies. */
  corsOrigins: readonly string[];
  cookieSecure: boolean;
  /** Opens the admin endpoints. */
  adminToken: string | undefined;
  /** Without them there are guests only. */
  users: Users | undefined;
  /** A page to try carts with; without it there is none. */
  demoPage: string | undefined;
}

/** How users are told from each other. */
export interface Users {
  verifyToken: VerifyToken;
  /** A token with it opens the admin endpoints. */
  adminScope: string;
  /** What a claim makes of a product that is in both carts. */
  merge: MergeRule;
}

export interface RateLimitingOptions {
  /** Without them nothing is counted. */
  limits: RateLimits | undefined;
  addressOf: (c: AppContext) => string;
}

/** Asks each dependency whether it answers; resolves within about a second. */
export type Readiness = () => Promise<Record<string, 'ok' | 'away'>>;
