import { readFileSync } from 'node:fs';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { ApiConfig, UsersConfig } from '../config.ts';
import { createBacklog } from '../gateway/backlog.ts';
import { createCartCommands } from '../gateway/cart-commands.ts';
import { createCartPlaces } from '../gateway/cart-places.ts';
import { createCartTouch } from '../gateway/cart-touch.ts';
import { createRunStateOf } from '../gateway/run-state.ts';
import { createMayExist } from '../gateway/may-exist.ts';
import { createClientNetwork } from '../limits/client-network.ts';
import { createRateLimits } from '../limits/rate-limits.ts';
import { createAcceptPayment } from '../http/accept-payment.ts';
import { createApp } from '../http/app.ts';
import { createClaim } from '../http/claim-cart.ts';
import { createStreamPlaces } from '../http/stream-places.ts';
import { countAnswers } from '../http/count-answers.ts';
import { limitUnits } from '../http/limit-units.ts';
import { createSubmitCommand } from '../http/submit-command.ts';
import type { Users } from '../http/types.ts';
import { createTokenVerifier } from '../identity/token-verifier.ts';
import { createApiMetrics } from '../metrics/api-metrics.ts';
import { answerUnreadable } from '../http/unreadable.ts';
import { createWebhookViews } from '../outbox/webhook-views.ts';
import { createPaymentWebhookVerifier } from '../payments/payment-webhook.ts';
import { closeDatabase, createDatabase, type Database } from '../platform/database.ts';
import { createDocsFiles } from '../platform/docs-files.ts';
import type { Logger } from '../platform/logger.ts';
import { createReadiness } from '../platform/readiness.ts';
import { createTemporalClient } from '../platform/temporal-client.ts';
import { createAbandonedCarts } from '../read-model/abandoned-carts.ts';
import { createAbandonedSummary } from '../read-model/abandoned-summary.ts';
import { createCartExists } from '../read-model/cart-exists.ts';
import { createCartFeed } from '../read-model/cart-feed.ts';
import { createCartViews } from '../read-model/cart-views.ts';
import { createCatalog } from '../read-model/catalog.ts';
import { createClaimViews } from '../read-model/claim-views.ts';
import { createChangedCarts } from '../read-model/changed-carts.ts';
import { createHistoryViews } from '../read-model/history-views.ts';
import { createLiveCarts } from '../read-model/live-carts.ts';
import { createOrderViews } from '../read-model/order-views.ts';
import { createCartSessions } from '../sessions/cart-sessions.ts';
import { createCountReadings } from './count-readings.ts';

/** The API over real connections. It starts while Postgres or Temporal is away, and says so on /readyz. */
export function createApi(config: ApiConfig, logger: Logger) {
  const database = createDatabase({ ...config.database, applicationName: 'durable-cart api' });
  const client = createTemporalClient(config.temporal);
  const feed = createCartFeed(config.database.url);
  const views = createCartViews(database);
  const catalog = createCatalog(database, config.catalog);
  const commands = createCartCommands({
    client,
    taskQueue: config.temporal.taskQueue,
    settings: config.cart,
    mayExist: createMayExist(createCartExists(database)),
    admit: createBacklog({ runStateOf: createRunStateOf({ client }) }),
  });
  const orders = createOrderViews(database);
  const liveCarts = createLiveCarts({ feed, readChanged: createChangedCarts(database) });
  const places = createStreamPlaces(config.streams);
  const metrics = createApiMetrics(
    createCountReadings(database, { logger, maxAgeMs: config.http.metricsCacheMs }),
    () => places.taken,
  );
  const rateLimiting = createRateLimiting(config.limits, database);
  const submitDeps = { commands, places: createCartPlaces(), views, feed, catalog };
  const counted = countAnswers(createSubmitCommand(submitDeps), metrics.countCommand);
  const { cartMaxUnits } = config.limits;
  const submit = limitUnits(counted, { limits: rateLimiting.limits, cartMaxUnits });
  const app = createApp({
    sessions: createCartSessions(config.sessions),
    views,
    orders,
    webhooks: createWebhookViews(database),
    history: createHistoryViews(database),
    abandonedCarts: { list: createAbandonedCarts(database), summarise: createAbandonedSummary(database) },
    live: { carts: liveCarts, places, heartbeatMs: config.streams.heartbeatMs },
    submit,
    claim: createClaim({ submit, claims: createClaimViews(database), views, feed }),
    touch: createCartTouch(commands, { ttlMs: config.cart.ttlMs }),
    verifyPayment: createPaymentWebhookVerifier({ secrets: config.payments.webhookSecrets }),
    acceptPayment: createAcceptPayment({ commands, orders }),
    readiness: createReadiness({ database, client }),
    metrics,
    docsFile: createDocsFiles(),
    logger,
    rateLimiting,
    ...settingsOf(config),
    users: config.users && usersOf(config.users),
  });
  return {
    app,
    /** Their clients reconnect elsewhere: a process that stops does not wait for them. */
    endStreams: () => places.close(),
    metrics,
    /** For `startHttpServer`. */
    serving: { fetch: app.fetch, answerUnreadable },
    async close() {
      liveCarts.close();
      await feed.close();
      await client.connection.close();
      await closeDatabase(database);
    },
  };
}

const usersOf = ({ issuer, audience, keys, adminScope, merge }: UsersConfig): Users => ({
  verifyToken: createTokenVerifier({ issuer, audience, keys }),
  adminScope,
  merge,
});

/** What the app is told as it is. */
function settingsOf({ http, cart, checkout, limits }: ApiConfig) {
  const { bodyLimitBytes, corsOrigins, cookieSecure, adminToken, demoPagePath } = http;
  return {
    checkout,
    bodyLimitBytes,
    corsOrigins,
    cookieSecure,
    adminToken,
    currency: cart.currency,
    cartMaxUnits: limits.cartMaxUnits,
    wait: { defaultMs: http.waitDefaultMs, maxMs: http.waitMaxMs },
    demoPage: demoPagePath === undefined ? undefined : readFileSync(demoPagePath, 'utf8'),
  };
}

function createRateLimiting({ store, quotas, trustedProxies }: ApiConfig['limits'], database: Database) {
  const networkOf = createClientNetwork(trustedProxies);
  return {
    limits:
      store === 'off' ? undefined : createRateLimits({ quotas, ...(store === 'postgres' && { database }) }),
    addressOf: (c: Context) => networkOf(getConnInfo(c).remote.address, c.req.header('X-Forwarded-For')),
  };
}
