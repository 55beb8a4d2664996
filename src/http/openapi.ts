import { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { cartSchema, operationSchema, problemSchema } from './schemas.ts';
import type { AppEnv } from './types.ts';
import { onInvalidInput } from './validation.ts';

/** A Hono app whose routes validate by the schemas that document them. A trailing slash makes no difference. */
export const createRouter = (): OpenAPIHono<AppEnv> =>
  new OpenAPIHono<AppEnv>({ strict: false, defaultHook: (result, c) => onInvalidInput(result, c) });

export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});

export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { 'application/json': { schema } },
});

export const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

export const badCursorResponse = problemResponse('The cursor is not one of ours');
export const tooManyResponse = {
  429: problemResponse('Too many requests: `Retry-After` says when to try again'),
};

/** The answers that every command shares. */
export const commandResponses = {
  202: json(operationSchema, 'Stored and sure to be applied once; `Location` tells the outcome'),
  400: problemResponse('The body is not JSON, or a header is out of bounds'),
  401: problemResponse('The token is missing or not valid'),
  404: problemResponse('No such session or item'),
  409: problemResponse("The cart's rules refuse it"),
  412: problemResponse('The cart is not at the version in `If-Match`'),
  413: problemResponse('The body is too large'),
  415: problemResponse('The body is not sent as application/json'),
  422: problemResponse('The input is not valid, or the key belongs to another request'),
  ...tooManyResponse,
  503: problemResponse('Not stored: try again with the same Idempotency-Key'),
};

export const cartResponse = json(cartSchema, 'The cart with the command applied');

export const readResponses = {
  401: problemResponse('The token is missing or not valid'),
  404: problemResponse('No such session'),
  ...tooManyResponse,
  503: problemResponse('Cannot be read just now'),
};

export const adminResponses = {
  401: problemResponse('The token is missing or not valid'),
  403: problemResponse('The token does not have the admin scope'),
  404: problemResponse('Neither an admin token nor tokens of users are configured'),
  422: problemResponse('A parameter is not valid'),
  503: problemResponse('Cannot be read just now'),
};
