/**
 * Who may import whom: the table of docs/design, as rules. Tests and benchmarks are free;
 * of the fault proof, only what it may not know is ruled.
 * `room` lists everything a room may reach; what is not listed is a violation.
 */

/** Imports of types only vanish at run time: some rooms may have nothing but those. */
const typeOnly = ['type-only'];

const npm = (...names) => names.map((name) => `node_modules/${name}/`);
const node = (...names) => names.map((name) => `^(node:)?${name}$`);

/** A room imports itself, `may`, and, types only, `mayTypes`. */
function room(name, { from, pathNot, may = [], mayTypes = [], instead }) {
  const own = { path: from, ...(pathNot ? { pathNot } : {}) };
  const allowed = [from, ...may];
  const rules = [
    {
      name,
      severity: 'error',
      comment: instead,
      from: own,
      to: { pathNot: [...allowed, ...mayTypes] },
    },
  ];
  if (mayTypes.length > 0) {
    rules.push({
      name: `${name}-types-only`,
      severity: 'error',
      comment: 'Only `import type` here: the value comes in as a dependency.',
      from: own,
      to: { path: mayTypes, pathNot: allowed, dependencyTypesNot: typeOnly },
    });
  }
  return rules;
}

const domain = '^src/domain/';
const ports = '^activities/ports\\.ts$';
const messages = '^workflows/(cart|webhook-delivery)\\.messages\\.ts$';
const services = '^src/services/';
const schema = '^drizzle/schema\\.ts$';
const config = '^src/config(/|\\.ts$)';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Move what both need into a third file.',
      from: { path: '^(src|workflows|activities|drizzle|chaos)/' },
      to: { circular: true },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      comment: 'No such file or package.',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'dev-dependency-in-production',
      severity: 'error',
      comment: 'The image has production dependencies only: move the package to "dependencies".',
      from: { path: '^(src|workflows|activities|drizzle)/', pathNot: '^src/dev(/|\\.ts$)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: typeOnly },
    },
    {
      name: 'dev-stack-is-a-root-of-its-own',
      severity: 'error',
      comment: 'src/dev is the local stack and the stub; the service itself knows nothing of them.',
      from: { path: '^(src|workflows|activities|drizzle)/', pathNot: '^src/dev(/|\\.ts$)' },
      to: { path: '^src/dev(/|\\.ts$)' },
    },
    {
      name: 'roots-are-not-imported',
      severity: 'error',
      comment: 'A composition root is a program: what others need of it belongs into src/composition.',
      from: { path: '^(src|workflows|activities|drizzle)/' },
      to: { path: '^src/(api|worker|migrate|rebuild|drift|dev|build-workflow-bundle)\\.ts$' },
    },
    {
      name: 'no-tests-in-code',
      severity: 'error',
      comment: 'Code does not import tests.',
      from: { path: '^(src|workflows|activities|drizzle)/' },
      to: { path: '^(test|bench|chaos)/' },
    },

    ...room('domain-imports-nothing', {
      from: domain,
      instead: 'Pass it in as data: the rules know neither Node, nor Temporal, nor the database.',
    }),
    ...room('workflows', {
      from: '^workflows/',
      may: [domain, ...npm('@temporalio/(workflow|common)')],
      mayTypes: ['^activities/'],
      instead: 'Workflows replay: everything with an effect goes through an activity.',
    }),
    ...room('activities', {
      from: '^activities/',
      may: [domain, ...npm('@temporalio/activity')],
      instead: 'Add a port to activities/ports.ts and let the composition root pass its adapter in.',
    }),
    ...room('schema', {
      from: '^drizzle/',
      may: npm('drizzle-orm'),
      mayTypes: [domain],
      instead: 'The schema describes tables, and knows the types that are stored in them.',
    }),
    ...room('services', {
      from: services,
      may: npm('zod'),
      instead: 'How to call a service, whichever: what one of them says belongs to its own room.',
    }),
    ...room('reservations', {
      from: '^src/reservations/',
      may: [domain, ports, services, ...npm('zod')],
      instead: 'An adapter of one port: it knows its contract and nothing else of the service.',
    }),
    ...room('payments', {
      from: '^src/payments/',
      may: [domain, ports, services, ...npm('zod', 'standardwebhooks')],
      instead: 'An adapter of one port: it knows its contract and nothing else of the service.',
    }),
    ...room('read-model', {
      from: '^src/read-model/',
      may: [
        domain,
        ports,
        schema,
        '^src/platform/(deadline|database)\\.ts$',
        ...npm('drizzle-orm', 'postgres', 'lru-cache'),
      ],
      instead: 'The read model knows Postgres; Temporal and HTTP are other rooms.',
    }),
    ...room('outbox', {
      from: '^src/outbox/',
      may: [
        domain,
        ports,
        schema,
        '^src/platform/(deadline|database)\\.ts$',
        ...node('timers/promises'),
        ...npm('drizzle-orm', 'standardwebhooks'),
      ],
      mayTypes: npm('pino'),
      instead: 'The outbox knows Postgres and the receiver; how a delivery is started is passed in.',
    }),
    ...room('metrics', {
      from: '^src/metrics/',
      may: ['^src/platform/deadline\\.ts$', ...npm('prom-client')],
      mayTypes: [domain, '^src/read-model/'],
      instead: 'Metrics are told what happened; they do not know who tells them.',
    }),
    ...room('limits', {
      from: '^src/limits/',
      may: [schema, ...node('net'), ...npm('rate-limiter-flexible', 'ipaddr.js')],
      mayTypes: ['^src/platform/database\\.ts$'],
      instead: 'Counts and addresses; what a request is, and what it is told, is the HTTP layer.',
    }),
    ...room('gateway', {
      from: '^src/gateway/',
      may: [domain, messages, ...node('crypto'), ...npm('@temporalio/client', 'lru-cache', 'async-mutex')],
      instead: 'The gateway speaks to Temporal with the messages of workflows/*.messages.ts.',
    }),
    ...room('sessions', {
      from: '^src/sessions/',
      may: [...node('crypto'), ...npm('zod')],
      instead: 'Sessions are generic: they know nothing of carts but the id made of a session.',
    }),
    ...room('identity', {
      from: '^src/identity/',
      may: npm('jose'),
      instead: 'It says who brings a token: what they may do with a cart is for src/http.',
    }),
    ...room('http', {
      from: '^src/http/',
      may: [
        domain,
        '^src/sessions/',
        '^src/platform/deadline\\.ts$',
        // One error class: the gateway's way to say that nothing was accepted.
        '^src/gateway/',
        // The schema of what the payment service sends: it is documented as it is validated.
        '^src/payments/payment-message\\.ts$',
        ...node('crypto'),
        ...npm('hono', '@hono/zod-openapi', 'zod'),
      ],
      mayTypes: [
        '^src/read-model/',
        '^src/(payments|outbox|identity|metrics|limits)/',
        ports,
        ...npm('pino'),
      ],
      instead: 'Routes get what they call from createApp(deps): import its type, not the thing.',
    }),
    ...room('client', {
      from: '^src/client/',
      may: npm('eventsource-parser'),
      mayTypes: ['^src/http/schemas\\.ts$', ...npm('zod')],
      instead: 'The client runs in a browser: of the service it knows the types of the API and nothing else.',
    }),
    ...room('platform', {
      from: '^src/platform/',
      may: [config, schema, 'node_modules/', ...node('[a-z_/]+')],
      instead: 'Technical helpers serve the rooms; they do not know them.',
    }),
    ...room('config', {
      from: config,
      may: [...node('fs', 'net', 'os', 'path'), ...npm('zod', 'ms', '@temporalio/envconfig')],
      instead: 'Configuration is read before anything else exists.',
    }),
    ...room('chaos-checks', {
      from: '^chaos/checks/',
      may: [
        '^chaos/(journal|world)\\.ts$',
        ...node('(crypto|timers/promises|util)'),
        ...npm('postgres', '@temporalio/(client|worker)'),
      ],
      instead: 'A check has its own books: it reads HTTP, SQL and Temporal, and asks no code of the service.',
    }),
    {
      name: 'chaos-knows-no-rules',
      severity: 'error',
      comment: 'The fault proof uses a shop from outside: what is right, it has to know by itself.',
      from: { path: '^chaos/' },
      to: { path: '^(src/(domain|read-model|gateway|http)|workflows|activities)/' },
    },
    {
      name: 'temporal-client-has-few-users',
      severity: 'error',
      comment: 'Commands go through src/gateway/cart-commands.ts, connections through src/platform.',
      from: {
        path: '^(src|workflows|activities)/',
        pathNot: '^src/(gateway|platform|composition|dev)/|^src/[^/]+\\.ts$',
      },
      to: { path: npm('@temporalio/(client|worker)') },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|\\.data|\\.cache)/' },
    tsPreCompilationDeps: 'specify',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
