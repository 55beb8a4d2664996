import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { json } from '../openapi.ts';
import { fail, problems, slugOf, toProblem, type ProblemCode } from '../problem.ts';
import { problemSchema } from '../schemas.ts';
import type { AppEnv } from '../types.ts';

const problemType = problemSchema.pick({ type: true, title: true, status: true, code: true });

const route = createRoute({
  method: 'get',
  path: '/problems/{slug}',
  summary: 'What a problem type means',
  request: { params: z.object({ slug: z.string().openapi({ example: 'cart-full' }) }) },
  responses: {
    200: json(problemType.openapi('ProblemType'), 'The type; docs/errors.md says what to do about it'),
    404: {
      description: 'No such problem type',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  },
});

const codes = new Map(
  Object.keys(problems).map((code) => [slugOf(code as ProblemCode), code as ProblemCode]),
);

/** Makes the `type` of every problem a URI that resolves. */
export function registerProblemTypes(app: OpenAPIHono<AppEnv>) {
  app.openapi(route, (c) => {
    const code = codes.get(c.req.valid('param').slug);
    if (code === undefined) throw fail('route_not_found', 'There is no such problem type.');
    const { type, title, status } = toProblem(code, '');
    return c.json({ type, title, status, code }, 200);
  });
}
