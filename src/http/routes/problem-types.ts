import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import { json } from '../openapi.ts';
import { fail } from '../problem.ts';
import { problemCodes, problems, slugOf, typeOf, type ProblemCode } from '../problem-catalogue.ts';
import { problemPage, problemsPage } from '../problem-pages.ts';
import { problemExamples, problemResponses } from '../problem-responses.ts';
import { rejectionSchema } from '../schemas.ts';
import type { AppContext, AppEnv } from '../types.ts';

const problemType = rejectionSchema
  .pick({ type: true, title: true, status: true, code: true })
  .extend({ when: z.string(), mend: z.string() })
  .openapi('ProblemType');

const problemTypeOf = (code: ProblemCode) => ({ type: typeOf(code), code, ...problems[code] });

/** People get a page, programs JSON. */
const withPage = <R extends { content: object }>(answer: R) => ({
  ...answer,
  content: { ...answer.content, 'text/html': { schema: z.string(), example: '<!doctype html>…' } },
});

const listProblems = createRoute({
  method: 'get',
  path: '/problems',
  operationId: 'listProblemTypes',
  tags: ['Problems'],
  summary: 'All problem types',
  responses: {
    200: withPage(
      json(z.object({ problems: z.array(problemType) }), 'The catalogue', {
        example: { problems: [problemTypeOf('cart_full')] },
      }),
    ),
    ...problemResponses(),
  },
});

const readProblem = createRoute({
  method: 'get',
  path: '/problems/{slug}',
  operationId: 'getProblemType',
  tags: ['Problems'],
  summary: 'What a problem type means, and what to do about it',
  request: { params: z.object({ slug: z.string().openapi({ example: 'cart-full' }) }) },
  responses: {
    200: withPage(json(problemType, 'The type', { example: problemTypeOf('cart_full') })),
    ...problemResponses('route_not_found'),
  },
});

const codes = new Map(problemCodes.map((code) => [slugOf(code), code]));

/** Makes the `type` of every problem a URI that resolves. */
export function registerProblemTypes(app: OpenAPIHono<AppEnv>) {
  for (const [code, example] of problemExamples) {
    app.openAPIRegistry.registerComponent('examples', code, example);
  }
  app.openapi(listProblems, (c) => {
    const all = problemCodes.map(problemTypeOf);
    return wantsPage(c) ? (c.html(problemsPage(all)) as never) : c.json({ problems: all }, 200);
  });
  app.openapi(readProblem, (c) => {
    const code = codes.get(c.req.valid('param').slug);
    if (code === undefined)
      throw fail('route_not_found', 'There is no such problem type. List them with GET /problems.');
    const problem = problemTypeOf(code);
    return wantsPage(c) ? (c.html(problemPage(problem)) as never) : c.json(problem, 200);
  });
}

const wantsPage = (c: AppContext): boolean =>
  accepts(c, {
    header: 'Accept',
    supports: ['application/json', 'text/html'],
    default: 'application/json',
  }) === 'text/html';
