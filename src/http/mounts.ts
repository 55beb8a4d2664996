import { type RouteConfig, z } from '@hono/zod-openapi';
import { example } from './examples.ts';
import type { Links } from './links.ts';
import { sessionHeader } from './middleware/session.ts';
import { rateLimitHeaders, type Describe, type ResponseDescription } from './openapi.ts';
import { sessionCookies, sessionHeaders } from './parameters.ts';

/** One set of cart routes: with the session in the path, and with the one that the client brings along. */
export const mounts = {
  path: { prefix: '/api/v1/carts', alias: '/api/cart' },
  client: { prefix: '/api/v1', alias: '' },
} as const;

/** For the same routes under their other prefix: documented once. */
export const describeAlias: Describe = (route) => ({ ...route, hide: true });

const sessionParams = {
  sessionId: z
    .string()
    .regex(/^(me|cart_[A-Za-z0-9_-]{1,900}\.[A-Za-z0-9_-]{1,100})$/)
    .openapi({
      example: example.sessionId,
      description: 'From `POST /api/v1/sessions`; `me` for the cart of the user whose token is sent',
    }),
};

/** Guests need none. */
const userMayAsk = [{}, { userToken: [] }];

export const describeWithSessionInPath: Describe = (route) => ({
  security: userMayAsk,
  ...route,
  'x-aliases': [`${mounts.path.alias}/{sessionId}${pathOf(route)}`],
  request: { ...route.request, params: extended(route.request?.params, sessionParams) },
  responses: withLinks(route, { suffix: '', sessionId: '$request.path.sessionId' }),
});

const sessionAnswered = {
  [sessionHeader]: {
    description: 'The session of the cart, which the cookie has too',
    schema: { type: 'string' as const },
    example: example.sessionId,
  },
};

const clientSuffix = 'WithSession';

export const describeWithSessionOfClient: Describe = (route) => ({
  security: userMayAsk,
  ...route,
  operationId: `${route.operationId}${clientSuffix}`,
  summary: `${route.summary}, in the cart of the client's session`,
  'x-aliases': [`${mounts.client.alias}${pathOf(route)}`],
  request: {
    ...route.request,
    headers: extended(route.request?.headers, sessionHeaders),
    cookies: sessionCookies,
  },
  responses: withLinks(
    route,
    { suffix: clientSuffix, sessionId: `$response.header.${sessionHeader}` },
    sessionAnswered,
  ),
});

const pathOf = ({ path }: RouteConfig): string => (path === '/' ? '' : path);

function extended(schema: unknown, shape: z.ZodRawShape): z.ZodObject {
  return schema instanceof z.ZodObject ? schema.extend(shape) : z.object(shape);
}

interface Lead {
  suffix: string;
  /** Where the next request takes its session from. */
  sessionId: string;
}

/** Links are written without a session: this leads them to the operations of the same mount, and adds it. */
function withLinks({ responses }: RouteConfig, lead: Lead, headers: object = {}): RouteConfig['responses'] {
  return Object.fromEntries(
    Object.entries(responses as Record<string, ResponseDescription>).map(([status, response]) => {
      if (Number(status) >= 300) return [status, response];
      const links = response.links === undefined ? {} : { links: led(response.links, lead) };
      return [
        status,
        { ...response, ...links, headers: { ...response.headers, ...rateLimitHeaders, ...headers } },
      ];
    }),
  );
}

/** The one operation of carts that is mounted once, and takes its session as a header. */
const mountedOnce = 'getOrder';

function led(links: Links, { suffix, sessionId }: Lead): Links {
  return Object.fromEntries(
    Object.entries(links).map(([name, link]) => {
      if ('$ref' in link) return [name, link];
      const operationId = link.operationId === mountedOnce ? mountedOnce : `${link.operationId}${suffix}`;
      const byHeader = suffix !== '' || operationId === mountedOnce;
      const session = { [byHeader ? sessionHeader : 'sessionId']: sessionId };
      return [name, { ...link, operationId, parameters: { ...session, ...link.parameters } }];
    }),
  );
}
