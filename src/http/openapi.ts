import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import type { AppEnv } from './types.ts';
import { onInvalidInput } from './validation.ts';

type AnyResponse = Exclude<RouteConfig['responses'][string], { $ref: string }>;
type Headers = Exclude<NonNullable<AnyResponse['headers']>, z.ZodObject>;
export type ResponseDescription = Omit<AnyResponse, 'headers'> & { headers?: Headers };

/** What a router adds to the description of each of its routes. */
export type Describe = (route: RouteConfig) => RouteConfig;

/** A Hono app whose routes validate by the schemas that document them. A trailing slash makes no difference. */
export function createRouter(describe: Describe = (route) => route): OpenAPIHono<AppEnv> {
  const router = new OpenAPIHono<AppEnv>({ strict: false });
  const register = router.openapi;
  router.openapi = ((route: RouteConfig, handler: never) => {
    const described = describe(route);
    return register(described, handler, (result, c) => onInvalidInput(result, c, described.request) as never);
  }) as unknown as typeof register;
  return router;
}

export const notModified = { description: 'Not changed since the version in `If-None-Match`' };

interface Extras<V> extends Pick<ResponseDescription, 'headers' | 'links'> {
  example: V;
}

/** An answer with a JSON body; the example is checked against the schema. */
export const json = <S extends z.ZodType>(
  schema: S,
  description: string,
  { example, ...extras }: Extras<z.input<S>>,
) => ({
  description,
  ...extras,
  content: { 'application/json': { schema, example: example as unknown } },
});

/** A body that must be there; `examples` by name, each checked against the schema. */
export const jsonBody = <S extends z.ZodType>(
  schema: S,
  examples: Record<string, { summary: string; value: z.input<S> }>,
) => ({
  required: true,
  content: { 'application/json': { schema, examples } },
});

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});

export const etagHeader = { ETag: header('The version, in quotes', '"3"') };
export const retryAfterHeader = { 'Retry-After': header('Seconds', '1') };
/** draft-ietf-httpapi-ratelimit-headers; one member for each policy that the request was counted by. */
export const rateLimitHeaders = {
  'RateLimit-Policy': header('What is counted: `q` requests in `w` seconds', '"session-reads";q=600;w=60'),
  RateLimit: header('What is left: `r` requests, for `t` seconds', '"session-reads";r=599;t=60'),
};

export const locationHeader = (description: string, example: string) => ({
  Location: header(description, example),
});
