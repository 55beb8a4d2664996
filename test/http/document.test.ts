import { readFile } from 'node:fs/promises';
import type { z, RouteConfig } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { openApiFile } from '../../docs/generate-openapi.ts';
import { openApiDocument } from '../../src/http/document.ts';
import { problemCodes } from '../../src/http/problem-catalogue.ts';
import { createFakeApi } from '../support/fake-api.ts';

const { app, call } = createFakeApi();
const document = openApiDocument(app);
const { components = {} } = document;

interface Parameter {
  name: string;
  in: string;
  schema: { example?: unknown };
}

interface Answer {
  headers?: Record<string, { example?: unknown }>;
  links?: Record<string, { operationId: string; parameters: Record<string, string> }>;
  content?: Record<string, { example?: unknown; examples?: Record<string, unknown> }>;
}

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: Answer;
  responses: Record<string, Answer>;
  'x-aliases'?: string[];
}

const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
);
const byId = new Map(operations.map(({ operation }) => [operation.operationId, operation]));
const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
  definition.type === 'route' ? [definition.route as RouteConfig] : [],
);

describe('the OpenAPI document', () => {
  it('is served, and its committed copy is the same: `npm run docs:openapi` writes it', async () => {
    const committed = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
    expect(committed).toBe(await openApiFile());
    const { status, body } = await call('GET', '/openapi.json');
    expect(status).toBe(200);
    expect(body).toEqual(JSON.parse(committed));
    expect(body).toMatchObject({ openapi: '3.1.0' });
  });

  it('has every route, or names it as the alias of another', () => {
    const described = operations.flatMap(({ path, method, operation }) =>
      [path, ...(operation['x-aliases'] ?? [])].map((each) => `${method} ${each}`),
    );
    const registered = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      .map((route) => route.replace(/(.)\/$/, '$1'));
    expect(described.toSorted()).toEqual([...new Set(registered)].toSorted());
    expect(described).toContain('patch /items/{itemId}');
  });

  it('gives every operation an id of its own, a summary and a tag that is explained', () => {
    expect(byId.size).toBe(operations.length);
    const tags = new Set(document.tags?.map(({ name }) => name));
    for (const { operation } of operations) {
      expect(operation.summary, operation.operationId).toMatch(/\w/);
      expect([...tags], operation.operationId).toEqual(expect.arrayContaining(operation.tags));
    }
  });

  it('shows an example of every parameter, body, answer and header', () => {
    const without = operations.flatMap(({ operation }) => {
      const { operationId, parameters = [], requestBody, responses } = operation;
      const bodies = [...Object.entries(responses), ...(requestBody ? [['body', requestBody] as const] : [])];
      return [
        ...parameters
          .filter(({ name, schema }) => schema.example === undefined && name !== 'cursor')
          .map(({ name }) => `${operationId} ${name}`),
        ...bodies.flatMap(([name, { content = {}, headers = {} }]) => [
          ...Object.values(content)
            .filter(
              ({ example, examples = {} }) => example === undefined && Object.keys(examples).length === 0,
            )
            .map(() => `${operationId} ${name}`),
          ...Object.keys(headers)
            .filter((header) => headers[header]?.example === undefined)
            .map((header) => `${operationId} ${name} ${header}`),
        ]),
      ];
    });
    expect(without).toEqual([]);
  });

  it('has only examples that its own schemas take', () => {
    let checked = 0;
    const check = (schema: unknown, value: unknown, where: string) => {
      checked += 1;
      const result = (schema as z.ZodType).safeParse(value);
      expect(result.success, `${where}: ${String(result.error)}`).toBe(true);
    };
    for (const { method, path, request, responses } of routes) {
      const bodies = [request?.body, ...Object.values(responses)] as (Answer | undefined)[];
      for (const media of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
        const { schema } = media as { schema: unknown };
        const values = [media.example, ...Object.values(media.examples ?? {}).map((each) => valueOf(each))];
        for (const value of values.filter((each) => each !== undefined))
          check(schema, value, `${method} ${path}`);
      }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('has links that lead to operations which take what the links bring', () => {
    const links = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap((answer) => Object.values(answer.links ?? {})),
    );
    expect(links.length).toBeGreaterThan(30);
    for (const { operationId, parameters } of links) {
      const taken = byId.get(operationId)?.parameters?.map(({ name }) => name) ?? [];
      expect(taken, operationId).toEqual(expect.arrayContaining(Object.keys(parameters)));
    }
  });

  it('lists every problem type with an operation that answers it', () => {
    const listed = operations.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) =>
        Object.keys(content?.['application/problem+json']?.examples ?? {}),
      ),
    );
    // Of a path with a method that it does not have, and of what never becomes a request: of no operation.
    const ofNone = ['method_not_allowed', 'request_timeout', 'headers_too_large'];
    expect([...new Set(listed), ...ofNone].toSorted()).toEqual(problemCodes.toSorted());
    expect(Object.keys(components.examples ?? {}).toSorted()).toEqual(problemCodes.toSorted());
  });
});

/** An example, or the component that it refers to. */
function valueOf(example: unknown): unknown {
  const { $ref, value } = example as { $ref?: string; value?: unknown };
  if ($ref === undefined) return value;
  const name = $ref.split('/').at(-1) ?? '';
  const component = components.examples?.[name] as { value: unknown } | undefined;
  return component?.value;
}
